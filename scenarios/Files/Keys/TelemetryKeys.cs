using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>telemetry:</c>.</summary>
internal static class TelemetryKeys
{
    private const string KeepExample = "[\"vllm:num_requests_*\"]";

    /// <summary>A shorter wait between two looks would make the reading a load of its own.</summary>
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(100);

    private static readonly Key<bool> TraceContext = new(
        "traceContext", Scalars.Bool, "Requests carry a W3C traceparent header, so that spans of the target's own tracing join those of the run.")
        { Default = "true" };

    private static readonly Key<Share> Sample = new(
        "sample", Scalars.Share, "Share of the traces that are marked as sampled, and exported.") { Default = "100%" };

    private static readonly Kind<string> Url = new CheckedKind<string, string>(
        Scalars.PlainText("a URL", "http://127.0.0.1:8000/metrics", null), static (url, _, _) =>
            Urls.Check(url) is { } flaw ? flaw with { Right = "write http://HOST:PORT/metrics" }
            : new Uri(url).UserInfo.Length > 0 ? new Flaw("a user or password in the URL of metrics", "leave it out; pages of metrics are asked without one")
            : url);

    private static readonly Key<string> Name = new(
        "name", Scalars.Name, "What the report calls it. Left out: server-1, server-2, ...") { Example = "vllm" };

    private static readonly Key<string> Page = new(
        "url", Url, "Page of metrics in Prometheus' text form. Hosts other than loopback need --allow-host.")
        { Required = true, Example = "http://127.0.0.1:8000/metrics" };

    private static readonly Key<TimeSpan> Every = new(
        "every", new CheckedKind<TimeSpan, TimeSpan>(Scalars.Limit, static (every, _, _) =>
            every >= Fastest ? every : new Flaw("looks closer together than 100ms would be a load of their own", "write 100ms or more")),
        "Between two looks, 100ms or more.") { Default = "1s" };

    private static readonly Kind<string> Metric = new CheckedKind<string, string>(
        Scalars.PlainText("the name of a metric", "vllm:num_requests_running", null), static (name, _, _) => IsPattern(name)
            ? name : new Flaw($"{Shown.Quoted(name)} is not the name of a metric", "write letters, digits, _ and :, and * at the end for all that begin so"));

    private static readonly Key<IReadOnlyList<string>> Keep = new(
        "keep", new ListOf<string>(Metric, "names of metrics", least: 1, most: 50),
        "Names of metrics to keep, * at the end for all that begin so. Left out: those of vLLM, Triton and ChaosBench's own server that the report shows.")
        { Example = KeepExample };

    private static readonly Table<MetricsSource> Source = new(
        "scrape", "a page of metrics", "A page of metrics of the target's server, read along and shown beside what its clients saw.",
        [Page, Name, Every, Keep],
        keys => new MetricsSource(keys.Find(Name) ?? "", keys.Get(Page), keys.Get(Every), keys.Find(Keep) ?? []));

    private static readonly Kind<MetricsSource> Brief = new CheckedKind<string, MetricsSource>(
        Url, static (url, _, _) => new MetricsSource("", url, TimeSpan.FromSeconds(1), []));

    private static readonly Key<IReadOnlyList<MetricsSource>> Scrape = new(
        "scrape", new ListOf<MetricsSource>(new ShortOr<MetricsSource>(Brief, Source), "pages of metrics", most: 10, orOne: true),
        "Pages of metrics of the targets' servers, read along and shown beside what their clients saw: a URL, or { url, every, keep }.")
        { Default = "[]", Example = "http://127.0.0.1:8000/metrics" };

    private static readonly Table<Observability> Table = new(
        "telemetry", "telemetry", "Trace context for the targets, and metrics of their servers.", [TraceContext, Sample, Scrape], Read);

    public static Key<Observability> Telemetry { get; } = new("telemetry", Table, "Trace context for the targets, and metrics of their servers. Left out: neither.")
        { Example = "{ scrape: \"http://127.0.0.1:8000/metrics\" }" };

    private static Observability Read(KeyReader keys)
    {
        var lines = keys.Get(Scrape);
        if (!keys.IsSound)
        {
            return new Observability();
        }

        var named = lines.Select((line, at) => line.Name.Length > 0 ? line : line with { Name = FormattableString.Invariant($"server-{at + 1}") }).ToList();
        if (named.GroupBy(line => line.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            keys.Report(Scrape, $"two pages of metrics are called {Shown.Quoted(twice.Key)}", "give each a name of its own");
        }

        return new Observability { TraceContext = keys.Get(TraceContext), Sample = keys.Get(Sample), Scrapes = named };
    }

    /// <summary>A name of Prometheus' data model, or the beginning of one.</summary>
    private static bool IsPattern(string name)
    {
        var stem = name.EndsWith('*') ? name[..^1] : name;
        return stem.Length > 0 && stem.Length <= 200 && !char.IsAsciiDigit(stem[0])
            && stem.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or ':');
    }
}
