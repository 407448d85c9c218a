using System.Globalization;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Judging;

/// <summary>How a comparison with the baseline is told.</summary>
internal static class BaselineWords
{
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

    /// <summary>Two samples beside each other that are no pairs.</summary>
    public static string SeenApart(Objective objective, Ruling ruling, (double? Candidate, double? Baseline) values, (int Candidate, int Baseline) sizes)
    {
        var unit = Wording.UnitOf(objective.Metric);
        string Text(double? value) => value is { } number ? Wording.Quantity(number, unit) : "not measured";
        var change = ruling is { Observed: { } seen, Interval: { } bounds }
            ? $"{Change(seen, ruling.Unit)}, {Bound(objective.Comparison, ruling, bounds)}" : "a change without end";
        return FormattableString.Invariant(
            $"{AbsoluteJudge.Capital(Wording.Aggregated(objective))}{Wording.Where(objective)}: {Text(values.Candidate)} of {sizes.Candidate} requests against {Text(values.Baseline)} of {sizes.Baseline} of the baseline; {change}");
    }

    /// <param name="of">What the pairs are of.</param>
    public static string Seen(Objective objective, Ruling ruling, double? whole, double? other, int pairs, string of = "pairs of blocks")
    {
        var unit = Wording.UnitOf(objective.Metric);
        string Text(double? value) => value is { } number ? Wording.Quantity(number, unit) : "not measured";
        var over = $"over {pairs} {of}";
        var change = (ruling.Observed, ruling.Interval) switch
        {
            (null, _) => $"{over}, some of them without end",
            (double alike, null) => $"{Change(alike, ruling.Unit)} in each of {pairs} {of}",
            (double mean, Interval bounds) => $"{Change(mean, ruling.Unit)}{(bounds.Method == "exceedances" ? "" : " on average")} {over}, "
                + Bound(objective.Comparison, ruling, bounds),
        };
        return $"{AbsoluteJudge.Capital(Wording.Aggregated(objective))}{Wording.Where(objective)}: {Text(whole)} against "
            + $"{Text(other)} of the baseline; {change}";
    }

    /// <summary>The bound that decided: how bad it is at worst for a pass, at best for a fail, and both when neither did.</summary>
    private static string Bound(Comparison comparison, Ruling ruling, Interval bounds)
    {
        if (ruling.Verdict == FindingVerdict.Inconclusive)
        {
            return (bounds.Low, bounds.High) switch
            {
                ({ } from, { } to) => $"somewhere from {Change(from, ruling.Unit)} to {Change(to, ruling.Unit)}",
                ({ } from, null) => $"at least {Change(from, ruling.Unit)}, with too few values that far out for an upper bound",
                (null, { } to) => $"at most {Change(to, ruling.Unit)}, with too few values that far out for a lower bound",
                _ => "with too few values that far out for any bound",
            };
        }

        var worseIsMore = WorseIsMore(comparison);
        return (worseIsMore == (ruling.Verdict == FindingVerdict.Pass)
            ? $"at most {Change(bounds.High!.Value, ruling.Unit)}" : $"at least {Change(bounds.Low!.Value, ruling.Unit)}") + " with 95 % confidence";
    }

    /// <summary>A difference with its sign: of shares in points, of latencies in time, relative ones in per cent.</summary>
    public static string Change(double value, string? unit) =>
        (unit is not ("relative" or "pp") && value > 0 ? "+" : "") + Wording.Quantity(value, unit ?? "");

    /// <summary>What it takes to decide, as pairs and as a length of the run.</summary>
    public static string Decides(Answer<long>? answer, int have)
    {
        if (answer is not { } needed)
        {
            return "";
        }

        if (needed.Lack is { } lack)
        {
            return $" No number of pairs would do: {lack.Reason}.";
        }

        var all = Math.Max(have + 1, needed.Value);
        return string.Create(
            CultureInfo.InvariantCulture,
            $" About {all - have} more pair{(all - have == 1 ? "" : "s")} would decide it if the rest looks the same: a run about "
            + $"{Wording.Number((double)all / have)} times as long.");
    }

    public static bool WorseIsMore(Comparison comparison) => comparison is Comparison.Less or Comparison.LessOrEqual;

    /// <summary>From the scale that is calculated on, logarithms and shares, to the one that is shown.</summary>
    public static double Outward(Objective objective, double value) =>
        objective.LimitKind == LimitKind.RelativeToBaseline ? Math.Exp(value) - 1 : IsShare(objective) ? value * 100 : value;

    /// <summary>The deviation of one pair that would make bounds as far apart as these.</summary>
    public static double Deviation(double low, double high, int pairs, double confidence) =>
        (high - low) / 2 / StudentT.InvCDF(0, 1, pairs - 1, confidence) * Math.Sqrt(pairs);

    public static bool IsShare(Objective objective) => Metrics.UnitOf(objective.Metric) == MetricUnit.Share;
}
