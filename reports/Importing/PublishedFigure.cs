using System.Text.Json.Serialization;

namespace ChaosBench.Reports.Importing;

/// <summary>One number that the other tool printed about its own run, and what ChaosBench makes of the same requests.</summary>
public sealed record PublishedFigure
{
    /// <summary>What it is a number of, by exact meaning; see <see cref="MetricDefinitions"/>.</summary>
    public required string Definition { get; init; }

    /// <summary><c>mean</c>, <c>p50</c>, <c>p99.9</c>, <c>std</c>, <c>min</c>, <c>max</c>, or <c>value</c> of what is one number.</summary>
    public required string Statistic { get; init; }

    /// <summary><c>s</c>, <c>/s</c>, <c>share</c> or <c>count</c>.</summary>
    public required string Unit { get; init; }

    public required double Value { get; init; }

    /// <summary>Where in the file: a key, a path or a column.</summary>
    public required string Key { get; init; }

    /// <summary>Half of the last place that the file prints, in <see cref="Unit"/>. Null: all digits of a double.</summary>
    public double? Rounding { get; init; }

    /// <summary>The same from the requests in the file. Null: they are not in it, or do not tell.</summary>
    public double? Recomputed { get; init; }

    /// <summary>One of those that people look at first; the others are in the JSON.</summary>
    [JsonIgnore]
    public bool IsHeadline => Statistic is "value" or "mean" or "p50" or "p95" or "p99";

    /// <summary><c>ttft</c> of <c>ttft/first-content@send</c>.</summary>
    [JsonIgnore]
    public string Metric => Definition.Split('/', 2)[0];

    /// <summary>Recomputed over published less one. Null: not recomputed, or the published is 0 and the other is not.</summary>
    [JsonIgnore]
    public double? Difference => Recomputed is not { } own ? null
        : own == Value ? 0 : Value == 0 ? null : (own / Value) - 1;

    /// <summary>Equal but for what rounding and the order of additions explain.</summary>
    [JsonIgnore]
    public bool Agrees => Recomputed is not { } own || Math.Abs(own - Value) <= (Rounding ?? 0) + (1e-6 * Math.Abs(Value)) + 1e-12;
}
