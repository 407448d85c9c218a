using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>One line of <c>detections:</c>.</summary>
internal static class DetectionKeys
{
    private static readonly Key<string> Name = new(
        "name", Scalars.Name, "Who noticed, in reports. Left out: the way it is heard and its place, webhook-1.") { Example = "pager" };

    private static readonly Key<int> Webhook = new(
        "webhook", Scalars.Count(0, 65_535), "It calls POST /v1/detections/NAME on this port of loopback; 0: any free one.") { Example = "0" };

    private static readonly Kind<string> Url = new CheckedKind<string, string>(
        Scalars.PlainText("a URL", "http://127.0.0.1:8080/status", null), static (url, _, _) => Urls.Check(url) is { } flaw ? flaw : url);

    private static readonly Key<string> Http = new(
        "http", Url, "A URL that is asked every so often. Hosts other than loopback need --allow-host.") { Example = "http://127.0.0.1:8080/status" };

    private static readonly Key<int> Status = new(
        "status", Scalars.Count(100, 599), "http: the status that means noticed. Left out: 200.") { Example = "503" };

    private static readonly Key<string> Contains = new(
        "contains", Scalars.Text, "http: text that the body then holds. Left out: any body.") { Example = "degraded" };

    private static readonly Key<string> Prometheus = new(
        "prometheus", Url, "Address of a Prometheus server. Hosts other than loopback need --allow-host.") { Example = "http://127.0.0.1:9090" };

    private static readonly Key<string> Alert = new(
        "alert", Scalars.Text, "prometheus: name of an alert that means noticed while it fires.") { Example = "HighErrorRate" };

    private static readonly Key<string> Query = new(
        "query", Scalars.Text, "prometheus: a query that means noticed while it has a result.") { Example = "\"up == 0\"" };

    private static readonly Key<IReadOnlyList<string>> Command = new(
        "command", new ListOf<string>(Scalars.Text, "words", least: 1, most: 200),
        "A program and its arguments, without a shell: exit code 0 is noticed, 1 is not. Needs --allow-exec.") { Example = "[./is-paged.sh, checkout]" };

    private static readonly Key<TimeSpan> Every = new("every", Scalars.Limit, "Between two looks.") { Default = "1s" };

    private static readonly Key<DetectionMeans> Means = new(
        "means", Scalars.Choice("a meaning", ("detection", DetectionMeans.Detection), ("mitigation", DetectionMeans.Mitigation)),
        "detection: it noticed. mitigation: it says that it dealt with it, such as a finished roll-back.") { Default = "detection" };

    private static readonly Key<string> Fault = new("fault", Scalars.Name, "Id of the one fault that it speaks of. Left out: any.")
        { Example = "node.kill-1" };

    private static readonly Table<DetectionSource?> Table = new(
        "detection", "a detection", "A system outside the run that notices faults, or deals with them.",
        [Name, Webhook, Http, Status, Contains, Prometheus, Alert, Query, Command, Every, Means, Fault], Read);

    public static readonly Key<IReadOnlyList<DetectionSource?>> Sources = new(
        "detections", new ListOf<DetectionSource?>(Table, "detections", most: 20),
        "Systems outside the run that notice faults or deal with them: whose time to detect is measured.")
        { Default = "[]", Example = "[{ name: pager, webhook: 0 }]" };

    /// <summary>Null when something is wrong.</summary>
    private static DetectionSource? Read(KeyReader keys)
    {
        Key[] ways = [Webhook, Http, Prometheus, Command];
        var told = ways.Where(keys.Has).ToList();
        if (told.Count != 1)
        {
            keys.Reading.Report(keys.Place, told.Count == 0 ? "nothing says how this detection is heard" : "this detection is heard in more than one way",
                "write exactly one of webhook, http, prometheus and command");
            return null;
        }

        foreach (var (key, way) in new (Key Key, Key Way)[] { (Status, Http), (Contains, Http), (Alert, Prometheus), (Query, Prometheus) })
        {
            if (keys.Has(key) && told[0] != way)
            {
                keys.Report(key, $"{key.Name}: without {way.Name}:", $"remove it, or write {way.Name}:");
                return null;
            }
        }

        if (told[0] == Webhook && keys.Has(Every))
        {
            keys.Report(Every, "every: of a webhook, which is not asked", "remove it");
            return null;
        }

        if (told[0] == Prometheus && keys.Has(Alert) == keys.Has(Query))
        {
            keys.Report(Prometheus, "what to ask of it is not clear", "write exactly one of alert and query");
            return null;
        }

        return !keys.IsSound ? null : new DetectionSource
        {
            Name = keys.Find(Name) ?? "",
            Means = keys.Get(Means),
            Fault = keys.Find(Fault),
            Every = keys.Get(Every),
            Look = keys.Has(Webhook) ? new DetectionLook.Webhook(keys.Maybe(Webhook) ?? 0)
                : keys.Has(Http) ? new DetectionLook.Http(keys.Find(Http)!, keys.Maybe(Status), keys.Find(Contains))
                : keys.Has(Prometheus) ? new DetectionLook.Prometheus(keys.Find(Prometheus)!, keys.Find(Alert), keys.Find(Query))
                : new DetectionLook.Command(keys.Find(Command)!),
        };
    }

    /// <summary>Fills in names, and finds what only the whole scenario shows.</summary>
    public static IReadOnlyList<DetectionSource> Check(KeyReader keys, IReadOnlyList<DetectionSource?>? lines, IReadOnlyList<Fault> faults)
    {
        var named = new List<DetectionSource>();
        foreach (var (line, number) in (lines ?? []).Select((line, at) => (line, at + 1)))
        {
            if (line is null)
            {
                continue;
            }

            var source = line.Name.Length > 0 ? line : line with { Name = FormattableString.Invariant($"{WayOf(line.Look)}-{number}") };
            if (named.Exists(other => other.Name == source.Name))
            {
                keys.Report(Sources, $"two detections are called {Shown.Quoted(source.Name)}", "give each a name of its own");
            }

            if (source.Name is "router" or "dependency" or "guardrail" or "supervisor" or "admission" or "scheduler" or "health-probe" or "rollout" or "server" or "probe" or "operator")
            {
                keys.Report(Sources, $"a detection called {Shown.Quoted(source.Name)} would pass for one of the run's own", "give it another name");
            }

            if (source.Fault is { } id && faults.All(fault => fault.Id != id))
            {
                keys.Report(Sources, $"the detection {Shown.Quoted(source.Name)} speaks of {Shown.Quoted(id)}, and there is no such fault",
                    faults.Count == 0 ? "add faults:, or remove fault:" : Nearest.Remedy(id, [.. faults.Select(fault => fault.Id)]));
            }

            named.Add(source);
        }

        return named;
    }

    private static string WayOf(DetectionLook look) => look switch
    {
        DetectionLook.Webhook => "webhook",
        DetectionLook.Http => "http",
        DetectionLook.Prometheus => "prometheus",
        DetectionLook.Command => "command",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
