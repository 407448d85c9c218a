namespace ChaosBench.Scenarios.Model;

/// <summary>How a run shows itself to the tracing of its targets, and what it asks their servers for while it goes on.</summary>
public sealed record Observability
{
    /// <summary>Requests carry a W3C <c>traceparent</c> header. Default true.</summary>
    public bool TraceContext { get; init; } = true;

    /// <summary>Of the traces, how many are marked as sampled, and exported. Default all.</summary>
    public Share Sample { get; init; } = new(1);

    /// <summary>Pages of metrics that are read along; empty: none are.</summary>
    public IReadOnlyList<MetricsSource> Scrapes { get; init; } = [];
}

/// <summary>A page of metrics in Prometheus' or OpenMetrics' text form.</summary>
/// <param name="Name">Unique in the scenario.</param>
/// <param name="Every">Between two looks.</param>
/// <param name="Keep">Names of metrics, <c>*</c> at the end for all that begin so. Empty: those that ChaosBench knows.</param>
public sealed record MetricsSource(string Name, string Url, TimeSpan Every, IReadOnlyList<string> Keep);
