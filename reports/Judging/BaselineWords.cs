using System.Diagnostics;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>How a comparison with the baseline is told.</summary>
internal static class BaselineWords
{
    public static bool WorseIsMore(Comparison comparison) => comparison is Comparison.Less or Comparison.LessOrEqual;

    public static Ruling Ruled(Objective objective, bool ratio, FindingVerdict verdict)
    {
        var unit = ratio ? "relative" : IsShare(objective) ? "pp" : Wording.UnitOf(objective.Metric);
        var limit = unit == "pp" ? objective.Limit * 100 : objective.Limit;
        var asks = $"the gate asks for {Wording.Side(objective.Comparison)} {Change(limit, unit)} vs baseline";
        return new Ruling
        {
            Verdict = verdict,
            Unit = unit,
            ReasonCode = verdict switch
            {
                FindingVerdict.Pass => ReasonCodes.Held,
                FindingVerdict.Fail => ReasonCodes.Broken,
                _ => ReasonCodes.Straddles,
            },
            Advice = verdict == FindingVerdict.Inconclusive
                ? $"; {asks}, too close to tell with 95 % confidence."
                : $"; {asks}.",
        };
    }

    public static string Seen(Objective objective, Ruling ruling, double? whole, double? other, int pairs)
    {
        var unit = Wording.UnitOf(objective.Metric);
        string Text(double? value) => value is { } number ? Wording.Quantity(number, unit) : "not measured";
        var over = $"over {pairs} pairs of blocks";
        var change = (ruling.Observed, ruling.Interval) switch
        {
            (null, _) => $"{over}, some of them without end",
            (double alike, null) => $"{Change(alike, ruling.Unit)} in each of {pairs} pairs of blocks",
            (double mean, Interval bounds) => $"{Change(mean, ruling.Unit)} on average {over}, {Bound(objective.Comparison, ruling, bounds)}",
        };
        return $"{AbsoluteJudge.Capital(Wording.Aggregated(objective))}{Wording.Where(objective)}: {Text(whole)} against "
            + $"{Text(other)} of the baseline; {change}";
    }

    /// <summary>The bound that decided: how bad it is at worst for a pass, at best for a fail, and both when neither did.</summary>
    private static string Bound(Comparison comparison, Ruling ruling, Interval bounds)
    {
        if (bounds is not { Low: { } low, High: { } high })
        {
            throw new UnreachableException("Student's t bounds a mean on both sides");
        }

        var worseIsMore = WorseIsMore(comparison);
        return ruling.Verdict == FindingVerdict.Inconclusive
            ? $"somewhere from {Change(low, ruling.Unit)} to {Change(high, ruling.Unit)}"
            : (worseIsMore == (ruling.Verdict == FindingVerdict.Pass)
                ? $"at most {Change(high, ruling.Unit)}" : $"at least {Change(low, ruling.Unit)}") + " with 95 % confidence";
    }

    /// <summary>A difference with its sign: of shares in points, of latencies in time, relative ones in per cent.</summary>
    public static string Change(double value, string? unit) =>
        (unit is not ("relative" or "pp") && value > 0 ? "+" : "") + Wording.Quantity(value, unit ?? "");

    /// <summary>From the scale that is calculated on, logarithms and shares, to the one that is shown.</summary>
    public static double Outward(Objective objective, double value) =>
        objective.LimitKind == LimitKind.RelativeToBaseline ? Math.Exp(value) - 1 : IsShare(objective) ? value * 100 : value;

    public static bool IsShare(Objective objective) => Metrics.UnitOf(objective.Metric) == MetricUnit.Share;
}
