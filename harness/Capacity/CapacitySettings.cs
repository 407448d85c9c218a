using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Capacity;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Capacity;

/// <summary>What the operator chose for a capacity search. Rates are per second.</summary>
internal sealed record CapacitySettings
{
    public const double DefaultAttainment = 0.95;

    /// <summary>The most that can be planned at all.</summary>
    public const double HighestRate = 100_000;

    public required LoadedSuite Loaded { get; init; }
    public required string OutFolder { get; init; }
    public required string ReplayCommand { get; init; }

    /// <summary>Null: the scenario's own rate, or 1/s.</summary>
    public double? From { get; init; }

    public double To { get; init; } = HighestRate;
    public double Precision { get; init; } = 0.05;

    /// <summary>Null: one where the target has more than one replica in this process.</summary>
    public int? LostNodes { get; init; }

    public TimeSpan LongestProbe { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The share that an attainment gate of the scenario asks for, else 95 %.</summary>
    public static double AttainmentOf(Scenario scenario) => scenario.Gates
        .Where(gate => gate is
        {
            Metric: MetricId.Attainment, LimitKind: LimitKind.Absolute, Comparison: Comparison.Greater or Comparison.GreaterOrEqual,
            Limit: > 0 and < 1,
        })
        .Select(gate => (double?)gate.Limit).Max() ?? DefaultAttainment;

    public ProbeRules Rules(Scenario scenario)
    {
        var rules = new ProbeRules { Attainment = AttainmentOf(scenario), Objectives = scenario.Objectives };
        var most = Scenarios.Nanos.From(LongestProbe);
        return rules with { Most = most, Least = Math.Min(rules.Least, most) };
    }
}
