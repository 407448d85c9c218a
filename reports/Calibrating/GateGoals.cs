using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Calibrating;

/// <summary>What a gate must manage before it is worth relying on.</summary>
public static class GateGoals
{
    public const double MostFalseFailures = 0.05;
    public const double MostInconclusive = 0.20;
    public const double LeastFound = 0.80;

    /// <summary>Whether a row meets all three; what was not recorded is not asked.</summary>
    public static bool Hold(GateRow row, MetricUnit unit)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.FalseFailures.Value <= MostFalseFailures && row.Inconclusive.Value <= MostInconclusive
            && row.Found.Where(found => IsAsked(found.Regression, unit)).All(found => found.Failed.Value >= LeastFound);
    }

    /// <summary>Latency gates are asked for +10 %, gates on answers for what makes answers wrong.</summary>
    public static bool IsAsked(string regression, MetricUnit unit) =>
        unit == MetricUnit.Seconds ? regression == "+10%" : regression is "undertrained" or "truncated";

    /// <summary>Whether a gate could find it at all: slowness is no matter of gates on answers.</summary>
    public static bool Concerns(string regression, MetricUnit unit)
    {
        ArgumentNullException.ThrowIfNull(regression);
        return unit == MetricUnit.Seconds || !(regression.StartsWith('+') || regression is "slow-1%" or "lock" or "leak");
    }
}
