using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Judging;

/// <summary>Objectives "vs baseline" of a run that went on until it was decided: pair by pair, as the run itself looked at them.</summary>
internal static class SequentialJudge
{
    public static Ruling Decide(Objective objective, Measurements run, Slice candidate, string baseline, PairLimits limits)
    {
        var series = PairSeries.Of(objective, run, candidate, baseline);
        var test = new SequentialTest(objective, limits);
        foreach (var value in series.Values)
        {
            test.Add(value);
        }

        var ratio = objective.LimitKind == LimitKind.RelativeToBaseline;
        var ruled = BaselineWords.Ruled(objective, ratio, test.Verdict);
        var last = test.Last;
        double? Shown(double? value) => value is { } known && double.IsFinite(known) ? BaselineWords.Outward(objective, known) : null;
        var needed = test.DecidedAfter is null ? test.PairsToDecide() : null;
        var ruling = ruled with
        {
            ReasonCode = test.DecidedAfter is null && series.Pairs >= limits.Most ? ReasonCodes.BudgetSpent : ruled.ReasonCode,
            Observed = Shown(last.Mean),
            Samples = last.Count,
            Chance = test.Chance,
            MorePairs = needed is { } all ? Math.Max(1, all - series.Pairs) : null,
            Interval = Shown(last.Low) is { } low && Shown(last.High) is { } high
                ? new Interval(low, high, AbsoluteJudge.Confidence, "t-sequence") : null,
        };
        var (whole, other) = (BaselineJudge.Whole(objective, run, candidate), BaselineJudge.Whole(objective, run, candidate with { Target = baseline }));
        return ruling with
        {
            BaselineObserved = other,
            Advice = BaselineWords.Seen(objective, ruling, whole, other, last.Pairs) + ruling.Advice + Told(test, series.Pairs, limits, ruling.MorePairs),
        };
    }

    private static string Told(SequentialTest test, int played, PairLimits limits, long? more)
    {
        if (test.DecidedAfter is { } after)
        {
            return Text($" Decided after {after} of at most {limits.Most} pairs, by a test that may be looked at after each.");
        }

        var spent = played >= limits.Most
            ? Text($" Not decided within the budget of {limits.Most} pairs.") : Text($" Not decided in the {played} pairs that were played.");
        return spent + (more is { } pairs
            ? Text($" About {pairs} more pair{(pairs == 1 ? "" : "s")} would decide it if the rest looks the same: a budget of {played + pairs} pairs.")
            : " No affordable number of pairs like these would decide it.");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
