using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Objectives "vs baseline" of a canary split: two samples of unequal size that were taken side by side, of different requests. Percentiles
/// by order statistics at the number of values that each series is worth, put together by MOVER (Zou and Donner 2008); shares by
/// Newcombe's interval at that number. The small arm decides how much can be told.
/// </summary>
internal static class SplitJudge
{
    /// <summary>Fewer requests of one version than this decide nothing about a share.</summary>
    private const int FewestForShare = 20;

    public static Ruling Decide(Objective objective, Measurements run, Slice candidate, string baseline)
    {
        if (Metrics.UnitOf(objective.Metric) == MetricUnit.PerSecond || objective.Aggregation.Kind is AggregationKind.Max or AggregationKind.Min)
        {
            return Ruling.Undecided(
                ReasonCodes.NotMeasured,
                $"{AbsoluteJudge.Capital(Wording.Aggregated(objective))} grows with the number of requests, and a split gives the versions different numbers; "
                    + "compare a percentile or a share.");
        }

        var percentile = objective.Aggregation.Kind == AggregationKind.Percentile ? objective.Aggregation.Percent / 100 : (double?)null;
        var (mine, theirs) = (Of(objective, run, candidate), Of(objective, run, candidate with { Target = baseline }));
        var floor = percentile is { } tail ? OrderStatistics.MinimumSamples(tail, AbsoluteJudge.Confidence) : FewestForShare;
        if (Math.Min(mine.Values.Length, theirs.Values.Length) < floor)
        {
            return TooFew(objective, mine.Values.Length, theirs.Values.Length, floor);
        }

        var arms = new Arms(objective, percentile, mine, theirs);
        return arms.Bounds(AbsoluteJudge.Confidence) is { } bounds ? Ruled(objective, arms, bounds) : TooFewWorth(objective, arms, floor);
    }

    private static Samples Of(Objective objective, Measurements run, Slice slice) => Samples.Of(
        run.In(slice), request => Metrics.IsDistribution(objective.Metric)
            ? MetricValues.Of(objective.Metric, request) : MetricValues.ShareOf(objective.Metric, request));

    private static Ruling Ruled(Objective objective, Arms arms, (double At, double Low, double High) bounds)
    {
        var verdict = AbsoluteJudge.Side(objective.Comparison, bounds.Low, bounds.High, arms.Limit);
        var ruling = BaselineWords.Ruled(objective, objective.LimitKind == LimitKind.RelativeToBaseline, verdict);
        double? Shown(double value) => double.IsFinite(value) ? BaselineWords.Outward(objective, value) : null;
        ruling = ruling with
        {
            Observed = Shown(bounds.At),
            Samples = arms.Mine.Values.Length,
            Interval = new Interval(Shown(bounds.Low), Shown(bounds.High), AbsoluteJudge.Confidence, arms.Method),
            Chance = arms.ChanceBeyond(),
            BaselineObserved = arms.Baseline,
        };
        var more = verdict == FindingVerdict.Inconclusive ? Decides(arms, bounds) : "";
        return ruling with
        {
            Advice = BaselineWords.SeenApart(objective, ruling, (arms.Candidate, arms.Baseline), (arms.Mine.Values.Length, arms.Theirs.Values.Length))
                + ruling.Advice + more,
        };
    }

    /// <summary>An interval narrows with the root of the sizes: what both arms would have to be, if they grow alike.</summary>
    private static string Decides(Arms arms, (double At, double Low, double High) bounds)
    {
        var gap = Math.Abs(bounds.At - arms.Limit);
        var reach = bounds.At > arms.Limit ? bounds.At - bounds.Low : bounds.High - bounds.At;
        if (!(gap > 0) || !double.IsFinite(reach))
        {
            return " More of the same traffic cannot be said to decide it: what was seen lies on the limit, or has no end.";
        }

        var times = Math.Pow(reach / gap, 2);
        var needed = Math.Ceiling(times * arms.Mine.Values.Length);
        return times > 10_000 ? " No affordable amount of traffic like this would decide it."
            : FormattableString.Invariant($" About {needed:0} requests of the candidate would decide it if the rest looks the same: a run {Wording.Number(times)} times as long, ")
                + "or a larger share for it.";
    }

    private static Ruling TooFew(Objective objective, int mine, int theirs, long floor)
    {
        var small = Math.Min(mine, theirs);
        return Ruling.Undecided(
            ReasonCodes.TooFewSamples,
            FormattableString.Invariant($"{AbsoluteJudge.Capital(Wording.Aggregated(objective))}{Wording.Where(objective)}: {mine} requests of the candidate and {theirs} of the baseline; ")
                + FormattableString.Invariant($"a comparison takes at least {floor} of each. Run {Wording.Number(Math.Max(1.1, (double)floor / Math.Max(1, small)))} times as long, or give the candidate a larger share."))
            with { Samples = small };
    }

    /// <summary>Requests enough, but they hang together too much to bound anything.</summary>
    private static Ruling TooFewWorth(Objective objective, Arms arms, long floor)
    {
        var worth = Math.Min(arms.Mine.WorthFor(arms.Percentile), arms.Theirs.WorthFor(arms.Percentile));
        return Ruling.Undecided(
            ReasonCodes.TooFewSamples,
            FormattableString.Invariant($"{AbsoluteJudge.Capital(Wording.Aggregated(objective))}{Wording.Where(objective)}: the requests share the fate of their queue, so that those of the smaller side are worth {worth:0} independent ones; ")
                + FormattableString.Invariant($"a comparison takes at least {floor}. Run {Wording.Number(Math.Max(1.1, floor / Math.Max(1, worth)))} times as long, or lower the rate."))
            with { Samples = arms.Mine.Values.Length };
    }

    /// <summary>Both samples, on the scale that the limit is on.</summary>
    private sealed record Arms(Objective Objective, double? Percentile, Samples Mine, Samples Theirs)
    {
        private readonly bool _ratio = Objective.LimitKind == LimitKind.RelativeToBaseline;

        public double Limit => _ratio ? Math.Log(1 + Objective.Limit) : Objective.Limit;

        public string Method => Percentile is not null ? "order-statistic-mover" : BaselineWords.IsShare(Objective) ? "newcombe" : "t";

        public double? Candidate => At(Mine);

        public double? Baseline => At(Theirs);

        /// <summary>One-sided bounds of the difference; null: the samples bear none.</summary>
        public (double At, double Low, double High)? Bounds(double confidence)
        {
            if (One(Mine, confidence) is not { } b || One(Theirs, confidence) is not { } a)
            {
                return null;
            }

            double On(double value) => _ratio ? Math.Log(value) : value;
            double Square(double value) => value * value;
            var at = On(b.At) - On(a.At);
            var low = at - Math.Sqrt(Square(On(b.At) - On(b.Low)) + Square(On(a.High) - On(a.At)));
            var high = at + Math.Sqrt(Square(On(b.High) - On(b.At)) + Square(On(a.At) - On(a.Low)));
            return double.IsNaN(at) ? null : (at, double.IsNaN(low) ? double.NegativeInfinity : low, double.IsNaN(high) ? double.PositiveInfinity : high);
        }

        /// <summary>The smallest chance of error at which the bound still lies on the bad side of the limit: by halving, to a thousandth.</summary>
        public double ChanceBeyond()
        {
            var worseIsMore = BaselineWords.WorseIsMore(Objective.Comparison);
            bool IsBeyond(double alpha) => Bounds(1 - alpha) is { } bounds && (worseIsMore ? bounds.Low > Limit : bounds.High < Limit);
            if (Candidate is not { } mine || Baseline is not { } theirs)
            {
                return 1;
            }

            // At a confidence of a half the bounds are what was seen.
            var (low, high) = (1e-6, 0.499);
            if (!IsBeyond(high))
            {
                return 0.5;
            }

            if (IsBeyond(low))
            {
                return low;
            }

            for (var step = 0; step < 18; step++)
            {
                var middle = Math.Sqrt(low * high);
                (low, high) = IsBeyond(middle) ? (low, middle) : (middle, high);
            }

            return high;
        }

        private double? At(Samples samples) => One(samples, AbsoluteJudge.Confidence)?.At;

        private Bounded? One(Samples samples, double confidence)
        {
            // A two-sided interval of 1 - 2α has one-sided bounds of 1 - α.
            var both = (2 * confidence) - 1;
            return Percentile is { } tail ? samples.Quantile(tail, both)
                : BaselineWords.IsShare(Objective) ? samples.Share(both) : samples.Mean(confidence);
        }
    }
}
