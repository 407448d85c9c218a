using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// What a suite would do that the operator has not allowed. A scenario file can ask for authority; it cannot grant any.
/// </summary>
public static class AuthorityCheck
{
    /// <summary>
    /// Environment variables, hosts, commands, processes and containers that are missing from <paramref name="granted"/>; empty means the suite may run.
    /// </summary>
    /// <param name="granted">From the command line or the operator's policy file, never from
    /// <see cref="Suite.Requested"/>.</param>
    /// <param name="variables">The environment: hosts may hide in variables.</param>
    public static IReadOnlyList<Problem> Missing(
        ReadResult read, Authority granted, IReadOnlyDictionary<string, string> variables)
    {
        var environment = new EnvironmentResolver(granted.Environment, variables);
        return [.. environment.Missing(read),
            .. SuiteTexts.TargetsOf(read.Suite).SelectMany(target => HostsOf(target, read, granted, environment)),
            .. SuiteTexts.TargetsOf(read.Suite).SelectMany(target => CommandsOf(target, read, granted)),
            .. (read.Suite?.Scenarios ?? []).SelectMany(scenario => NodesOf(scenario, read, granted)),
            .. (read.Suite?.Scenarios ?? []).SelectMany(scenario => scenario.Detections.SelectMany(source => DetectionOf(scenario, source, read, granted))),
            .. (read.Suite?.Scenarios ?? []).SelectMany(scenario => (scenario.Telemetry?.Scrapes ?? []).SelectMany(source => ScrapeOf(scenario, source, read, granted)))];
    }

    /// <summary>Whether a command may reach out to <paramref name="url"/>: it is this machine, or the operator names its host.</summary>
    /// <param name="grants">From <c>--allow-host</c>.</param>
    /// <returns>Null when it may; else what to grant.</returns>
    public static string? MissingHost(Uri url, IReadOnlyCollection<string> grants)
    {
        ArgumentNullException.ThrowIfNull(url);
        return HostGrant.IsLoopback(url) || grants.Any(grant => HostGrant.Covers(grant, url)) ? null : Shown.Plain(HostGrant.WithPort(url));
    }

    private static IEnumerable<Problem> CommandsOf(Target target, ReadResult read, Authority granted) =>
        target is Target.OpenAi { Command: [var program, ..] } && !granted.Exec
            ? [read.At(SuiteTexts.KeysOf(target, "command"),
                $"the target {Shown.Quoted(target.Name)} starts the command {Shown.Quoted(program)}, which is not allowed", "run with --allow-exec")]
            : [];

    private static IEnumerable<Problem> DetectionOf(Scenario scenario, DetectionSource source, ReadResult read, Authority granted)
    {
        if (source.Look is DetectionLook.Command { Words: [var program, ..] } && !granted.Exec)
        {
            yield return read.AtDetection(scenario, source,
                $"the detection {Shown.Quoted(source.Name)} starts the command {Shown.Quoted(program)}, which is not allowed", "run with --allow-exec");
        }

        var url = source.Look switch { DetectionLook.Http http => http.Url, DetectionLook.Prometheus server => server.Url, _ => null };
        if (url is not null && new Uri(url) is var parsed && !HostGrant.IsLoopback(parsed) && !granted.Hosts.Any(grant => HostGrant.Covers(grant, parsed)))
        {
            var host = Shown.Plain(HostGrant.WithPort(parsed));
            yield return read.AtDetection(scenario, source,
                $"the detection {Shown.Quoted(source.Name)} reaches out to {host}, which is not allowed", $"run with --allow-host {host}");
        }
    }

    private static IEnumerable<Problem> ScrapeOf(Scenario scenario, MetricsSource source, ReadResult read, Authority granted)
    {
        if (new Uri(source.Url) is var parsed && !HostGrant.IsLoopback(parsed) && !granted.Hosts.Any(grant => HostGrant.Covers(grant, parsed)))
        {
            var host = Shown.Plain(HostGrant.WithPort(parsed));
            yield return read.AtTelemetry(
                scenario, $"the metrics of {Shown.Quoted(source.Name)} reach out to {host}, which is not allowed", $"run with --allow-host {host}");
        }
    }

    private static IEnumerable<Problem> NodesOf(Scenario scenario, ReadResult read, Authority granted)
    {
        foreach (var fault in scenario.Faults)
        {
            if (fault.Select.TryGetValue("pidFile", out var file) && !granted.Pid)
            {
                yield return read.AtFault(scenario, fault, "pidFile",
                    $"{fault.Id} ({fault.Kind}) acts on the process of {Shown.Quoted(file)}, which is not allowed", "run with --allow-pid");
            }

            if (fault.Select.TryGetValue("container", out var container) && !granted.Docker)
            {
                yield return read.AtFault(scenario, fault, "container",
                    $"{fault.Id} ({fault.Kind}) acts on the container {Shown.Quoted(container)}, which is not allowed", "run with --allow-docker");
            }
        }
    }

    private static IEnumerable<Problem> HostsOf(
        Target target, ReadResult read, Authority granted, EnvironmentResolver environment)
    {
        foreach (var reach in ReachesOf(target))
        {
            // Unresolvable: its variables are problems already.
            if (environment.TryResolve(reach.Url) is not { } url)
            {
                continue;
            }

            if (reach.Check(url) is { } flaw)
            {
                yield return read.At(reach.Keys, flaw.Wrong, flaw.Right);
            }
            else if (Urls.Endpoint(url) is var parsed && !HostGrant.IsLoopback(parsed)
                && !granted.Hosts.Any(grant => HostGrant.Covers(grant, parsed)))
            {
                // A host out of a variable stays unnamed: errors end up in logs.
                var isHidden = Template.Contains(Urls.Public(reach.Url.Template));
                var host = Shown.Plain(HostGrant.WithPort(parsed));
                var where = isHidden ? "a host that is" : $"{host}, which is";
                yield return read.At(
                    reach.Keys, $"the {reach.Keys[^1]} of target {Shown.Quoted(target.Name)} reaches out to {where} not allowed",
                    isHidden ? $"run with --allow-host HOST:PORT for the host in {Shown.Plain(Urls.Public(reach.Url.Template))}"
                        : $"run with --allow-host {host}");
            }
        }
    }

    private static IEnumerable<Reach> ReachesOf(Target target)
    {
        switch (target)
        {
            case Target.OpenAi remote:
                yield return new Reach(SuiteTexts.KeysOf(target, "url"), remote.Url, Urls.Check);
                if (remote.Proxy is { } proxy)
                {
                    yield return new Reach(SuiteTexts.KeysOf(target, "proxy"), proxy, Urls.Check);
                }

                break;
            case Target.Onnx { ContextStore.Postgres: { } store }:
                yield return new Reach(SuiteTexts.StoreOf(target), store, Urls.CheckStore);
                break;
        }
    }

    /// <param name="Url">Reached out to by the run.</param>
    /// <param name="Check">Of the resolved URL.</param>
    private sealed record Reach(IReadOnlyList<string> Keys, Templated Url, Func<string, Flaw?> Check);
}
