using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>The gates in plain words, and of one that did not hold: what was promised, seen, by how much and how sure.</summary>
public static class Criteria
{
    /// <summary>One sentence: what must hold, where, and what a percentile means.</summary>
    public static string Sentence(Objective objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        if (objective.Metric >= MetricId.TimeToDetect && !Metrics.IsAsserted(objective.Metric))
        {
            return $"{AbsoluteJudge.Capital(Wording.NameOf(objective.Metric))} {Must(objective)} {Wording.Side(objective.Comparison)} "
                + $"{Wording.Duration(objective.Limit)}.";
        }

        if (objective.UnderCorruption is { } contrast)
        {
            var beyond = contrast == Contrast.Baseline ? "beyond what the baseline loses by the same" : "of what it is with the clean ones";
            var by = objective.LimitKind == LimitKind.RelativeToBaseline ? Wording.Quantity(objective.Limit, "relative") : Difference(objective);
            return $"With corrupted prompts {Wording.Aggregated(objective)}{Wording.Where(objective)} {Must(objective)} {Wording.Side(objective.Comparison)} {by} {beyond}, for each corruption.";
        }

        var share = Metrics.UnitOf(objective.Metric) == MetricUnit.Share ? "share of " : "";
        var what = $"The {share}{Wording.Aggregated(objective)}{Wording.Where(objective)} {Must(objective)}";
        return objective.LimitKind switch
        {
            LimitKind.RelativeToBaseline => $"{what} {Wording.Side(objective.Comparison)} {Wording.Quantity(objective.Limit, "relative")} from the "
                + $"baseline's.{Meaning(objective)}",
            LimitKind.DifferenceToBaseline => $"{what} {Wording.Side(objective.Comparison)} {Difference(objective)} from the baseline's.{Meaning(objective)}",
            _ => $"{what} {Wording.Side(objective.Comparison)} {Wording.Quantity(objective.Limit, Wording.UnitOf(objective.Metric))}.{Meaning(objective)}",
        };
    }

    /// <summary>Lines of an account, name and text; of a finding that did not hold.</summary>
    public static IReadOnlyList<(string Name, string Text)> Account(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var lines = new List<(string, string)>();
        if (finding.Limit is { } limit)
        {
            lines.Add(("Promised", $"{finding.Objective}: {Wording.Quantity(limit, finding.Unit)}"));
        }

        lines.Add(("Seen", finding.Observed is { } seen ? Seen(finding, seen) : "nothing that could be measured"));
        if (finding is { Observed: { } observed, Limit: { } asked } && double.IsFinite(observed) && double.IsFinite(asked))
        {
            lines.Add(("By how much", Gap(observed, asked, finding.Unit)));
        }

        lines.Add(("How sure", Sure(finding)));
        return lines;
    }

    private static string Must(Objective objective) => objective.Kind switch
    {
        GateKind.Gate => "must be",
        GateKind.Guard => "must never be seen to be other than",
        _ => "is watched and decides nothing; it should be",
    };

    private static string Meaning(Objective objective) => objective.Aggregation.Kind != AggregationKind.Percentile ? ""
        : $" That is what {Wording.Number(objective.Aggregation.Percent)} of 100 requests stay within; one that failed counts as infinitely late.";

    private static string Difference(Objective objective) => Metrics.UnitOf(objective.Metric) == MetricUnit.Share
        ? Wording.Quantity(objective.Limit * 100, "pp") : Wording.Quantity(objective.Limit, Wording.UnitOf(objective.Metric));

    private static string Seen(Finding finding, double seen)
    {
        var beside = finding is { BaselineObserved: { } baseline, BaselineUnit: { } unit } ? $", with {Wording.Quantity(baseline, unit)} of the baseline" : "";
        var bounds = (finding.Interval?.Low, finding.Interval?.High) switch
        {
            _ when double.IsInfinity(seen) => "",
            ({ } low, { } high) => $", somewhere from {Wording.Quantity(low, finding.Unit)} to {Wording.Quantity(high, finding.Unit)}",
            ({ } low, null) => $", at least {Wording.Quantity(low, finding.Unit)}",
            (null, { } high) => $", at most {Wording.Quantity(high, finding.Unit)}",
            _ => "",
        };
        return $"{Wording.Quantity(seen, finding.Unit)}{bounds}{beside}";
    }

    /// <summary>Of shares and of relative changes in points, of everything else in its unit and as a part of the limit.</summary>
    private static string Gap(double observed, double limit, string unit)
    {
        var gap = observed - limit;
        var part = limit == 0 ? "" : $" ({Wording.Quantity(gap / Math.Abs(limit), "relative")} of the limit)";
        return unit switch
        {
            "share" or "relative" => Wording.Quantity(gap * 100, "pp"),
            "pp" => Wording.Quantity(gap, "pp"),
            _ => (gap > 0 ? "+" : "") + Wording.Quantity(gap, unit) + part,
        };
    }

    private static string Sure(Finding finding)
    {
        if (finding.Chance is not { } chance)
        {
            return finding.Interval is null ? "a count of what happened, not a conclusion from a sample"
                : $"the bounds hold with {Wording.Percent(finding.Interval.Confidence)} each";
        }

        var corrected = finding.CorrectedChance is { } among && Rare(among) != Rare(chance) ? $", {Rare(among)} corrected for the number of gates" : "";
        return $"were the truth on the limit, something this bad would turn up in {Rare(chance)} of runs{corrected}"
            + (finding.MorePairs is { } more ? FormattableString.Invariant($"; about {more} more pairs would decide it") : "");
    }

    private static string Rare(double chance) => chance < 1e-4 ? "less than 0.01 %" : Wording.Percent(chance);
}
