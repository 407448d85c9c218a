using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Reports.Statistics.Resampling;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Objectives "vs baseline": non-inferiority over interleaved blocks. One block of both versions with the same prompts and gaps gives
/// one difference (latencies and rates: of logarithms); the blocks, not the requests, are the sample (Schuirmann 1987; docs/verdict.md).
/// Percentiles of requests are compared over all blocks together, with the blocks as what varies (<see cref="QuantileShift"/>).
/// </summary>
internal static class BaselineJudge
{
    /// <summary>Below this the smallest attainable p of an exact sign test is above 5 %.</summary>
    public const int FewestBlocks = 5;

    /// <summary>Share of the pairs that may be set aside before a choice of the quiet ones says little of the whole.</summary>
    private const double MostDisturbed = 1.0 / 3;

    /// <summary>Differences closer than this are rounding.</summary>
    private const double Alike = 1e-12;

    /// <summary>Bounds closer than this are as near as they are searched for.</summary>
    private const double NoWidth = 1e-7;

    public static Ruling Decide(Objective objective, Measurements run, Slice candidate)
    {
        if (run.Baseline is not { } name)
        {
            return Ruling.Undecided(
                ReasonCodes.BaselineMissing, "The run has no baseline target to compare with; add targets: { baseline: ... } to the scenario.");
        }

        if (run.Run.Pairs is { } limits)
        {
            return SequentialJudge.Decide(objective, run, candidate, name, limits);
        }

        if (run.Run.Sharing?.Kind == SharingKind.Split)
        {
            return SplitJudge.Decide(objective, run, candidate, name);
        }

        if (run.Run.Sharing?.Kind == SharingKind.Shadow && ShadowJudge.Handles(objective))
        {
            return ShadowJudge.Decide(objective, run, candidate, name);
        }

        var baseline = candidate with { Target = name };
        var (aside, all) = BlockFold.Disturbed(objective, run, candidate, baseline);
        if (aside > MostDisturbed * all)
        {
            return Ruling.Undecided(
                ReasonCodes.MachineDisturbed,
                $"Other programs used this machine in {aside} of {all} pairs of blocks, and what is left would be too choice a sample. "
                    + "Run it again on a machine of its own.") with { Samples = all - aside };
        }

        var sample = BlockSample.Of(objective, BlockFold.Pairs(objective, run, candidate, baseline));
        var ruling = Decide(objective, sample, Whole(objective, run, candidate), Whole(objective, run, baseline));
        return aside == 0 ? ruling
            : ruling with { Advice = $"{ruling.Advice} {aside} of {all} pairs were set aside: other programs used this machine meanwhile." };
    }

    /// <summary>The rule itself, for the blocks of a run and for blocks drawn from many.</summary>
    /// <param name="whole">The candidate's value over everything, for the words; null: not known.</param>
    /// <param name="other">The baseline's.</param>
    public static Ruling Decide(Objective objective, BlockSample sample, double? whole, double? other)
    {
        var ratio = objective.LimitKind == LimitKind.RelativeToBaseline;
        var limit = ratio ? Math.Log(1 + objective.Limit) : objective.Limit;
        if (sample.Count < FewestBlocks)
        {
            return TooFew(objective, sample.Count);
        }

        if (sample.Values is { } values && QuantileShift.Of(values, AbsoluteJudge.Confidence) is var shift
            && double.IsFinite(shift.Estimate) && !(shift.High - shift.Low < NoWidth))
        {
            var decided = ByExceedances(objective, limit, values, shift);
            return decided with { BaselineObserved = other, Advice = BaselineWords.Seen(objective, decided, whole, other, sample.Count) + decided.Advice };
        }

        var pairs = sample.Differences();
        if (pairs.Count < FewestBlocks)
        {
            return TooFew(objective, pairs.Count);
        }

        var differences = pairs.Select(pair => Difference(pair, ratio)).ToList();
        var ruling = MeanBounds.Of(differences, AbsoluteJudge.Confidence) is { StandardError: > Alike } bounds
            ? Exact(objective, limit, differences, ByMean(objective, limit, bounds))
            : BySigns(objective, limit, differences, sample.Requests);
        return ruling with { BaselineObserved = other, Advice = BaselineWords.Seen(objective, ruling, whole, other, pairs.Count) + ruling.Advice };
    }

    private static Ruling TooFew(Objective objective, int blocks) => Ruling.Undecided(
        ReasonCodes.TooFewBlocks,
        $"Both versions were measured together in {blocks} blocks{Wording.Where(objective)}; a comparison "
            + $"takes at least {FewestBlocks}, better {BlockSample.WantedBlocks}. Run longer.")
        with { Samples = blocks };

    private static Ruling ByExceedances(Objective objective, double limit, BlockValues values, QuantileShift shift)
    {
        double? Shown(double value) => double.IsFinite(value) ? BaselineWords.Outward(objective, value) : null;
        var verdict = AbsoluteJudge.Side(objective.Comparison, shift.Low, shift.High, limit);
        var ruling = BaselineWords.Ruled(objective, objective.LimitKind == LimitKind.RelativeToBaseline, verdict);
        var deviation = BaselineWords.Deviation(shift.Low, shift.High, shift.Blocks, AbsoluteJudge.Confidence);
        var needed = verdict == FindingVerdict.Inconclusive && double.IsFinite(deviation)
            ? SampleSize.ToDecide(shift.Estimate, deviation, limit, AbsoluteJudge.Confidence) : (Answer<long>?)null;
        return ruling with
        {
            Advice = ruling.Advice + BaselineWords.Decides(needed, shift.Blocks),
            MorePairs = needed is { IsKnown: true } known ? Math.Max(1, known.Value - shift.Blocks) : null,
            Chance = QuantileShift.ChanceBeyond(values, limit, BaselineWords.WorseIsMore(objective.Comparison)),
            Observed = BaselineWords.Outward(objective, shift.Estimate),
            Samples = shift.Blocks,
            Interval = new Interval(Shown(shift.Low), Shown(shift.High), AbsoluteJudge.Confidence, "exceedances"),
        };
    }

    internal static Ruling ByMean(Objective objective, double limit, MeanBounds bounds)
    {
        double Shown(double value) => BaselineWords.Outward(objective, value);
        var verdict = AbsoluteJudge.Side(objective.Comparison, bounds.Low, bounds.High, limit);
        var needed = verdict == FindingVerdict.Inconclusive
            ? SampleSize.ToDecide(bounds.Mean, bounds.StandardError * Math.Sqrt(bounds.Count), limit, AbsoluteJudge.Confidence) : (Answer<long>?)null;
        var ruling = BaselineWords.Ruled(objective, objective.LimitKind == LimitKind.RelativeToBaseline, verdict);
        return ruling with
        {
            Advice = ruling.Advice + BaselineWords.Decides(needed, bounds.Count),
            MorePairs = needed is { IsKnown: true } known ? Math.Max(1, known.Value - bounds.Count) : null,
            Chance = bounds.ChanceBeyond(limit, worseIsMore: BaselineWords.WorseIsMore(objective.Comparison)),
            Observed = Shown(bounds.Mean),
            Samples = bounds.Count,
            Interval = new Interval(Shown(bounds.Low), Shown(bounds.High), AbsoluteJudge.Confidence, "t"),
        };
    }

    /// <summary>
    /// With few pairs Student's t leans on a law that nobody has checked: a side that is taken must also stand the exact test over all
    /// patterns of signs (Fisher 1935), whose smallest p is 2^-R.
    /// </summary>
    private static Ruling Exact(Objective objective, double limit, List<double> differences, Ruling ruling)
    {
        if (differences.Count >= BlockSample.WantedBlocks || ruling.Verdict == FindingVerdict.Inconclusive)
        {
            return ruling;
        }

        var up = BaselineWords.WorseIsMore(objective.Comparison) == (ruling.Verdict == FindingVerdict.Fail);
        var chance = SignFlip.Greater([.. differences.ConvertAll(value => up ? value - limit : limit - value)]).Value;
        var told = ruling with { Chance = ruling.Verdict == FindingVerdict.Fail ? Math.Max(chance, ruling.Chance ?? 0) : ruling.Chance };
        return chance <= 1 - AbsoluteJudge.Confidence ? told : told with
        {
            Verdict = FindingVerdict.Inconclusive,
            ReasonCode = ReasonCodes.Straddles,
            Advice = told.Advice + FormattableString.Invariant(
                $" But {differences.Count} pairs are few, and the exact test of their signs leaves a chance of {Wording.Percent(chance)}; from {BlockSample.WantedBlocks} pairs on the interval alone decides."),
        };
    }

    /// <summary>
    /// Blocks whose percentile is infinite have no mean, and blocks that are all alike no deviation, of which an interval of no width
    /// would make a certainty. Then only the number of blocks on either side of the limit counts.
    /// </summary>
    /// <param name="requests">Of the version that had fewer.</param>
    internal static Ruling BySigns(Objective objective, double limit, List<double> differences, long requests)
    {
        var known = differences.Where(value => !double.IsNaN(value)).ToList();
        var good = known.Count(value => Summaries.Satisfies(value, objective.Comparison, limit));
        double? alike = differences.All(value => Math.Abs(value - differences[0]) < Alike) ? differences[0] : null;
        var tells = alike is not { } same || SharesAlike.Tell(objective, same, limit, requests, 1 - AbsoluteJudge.Confidence);
        var verdict = tells && Binomial.AtLeast(good, known.Count, 0.5) <= 1 - AbsoluteJudge.Confidence ? FindingVerdict.Pass
            : Binomial.AtMost(good, known.Count, 0.5) <= 1 - AbsoluteJudge.Confidence ? FindingVerdict.Fail
            : FindingVerdict.Inconclusive;
        var more = verdict != FindingVerdict.Inconclusive ? ""
            : tells ? " More blocks would narrow it."
            : FormattableString.Invariant($" None of {requests} requests differed, and a difference of that size would go unseen in so few; it takes {SharesAlike.Needed(alike!.Value, limit, 1 - AbsoluteJudge.Confidence):0}.");
        var ruling = BaselineWords.Ruled(objective, objective.LimitKind == LimitKind.RelativeToBaseline, verdict);
        return ruling with
        {
            Advice = ruling.Advice + more,
            Chance = known.Count == 0 ? null : Binomial.AtMost(good, known.Count, 0.5),
            Observed = alike is { } one ? BaselineWords.Outward(objective, one) : null,
            Samples = known.Count,
        };
    }

    internal static double Difference((double Candidate, double Baseline) pair, bool ratio)
    {
        if (!ratio)
        {
            return pair.Candidate - pair.Baseline;
        }

        return pair is { Candidate: > 0, Baseline: > 0 } ? Math.Log(pair.Candidate) - Math.Log(pair.Baseline)
            : pair.Candidate.Equals(pair.Baseline) ? 0
            : pair.Candidate > pair.Baseline ? double.PositiveInfinity : double.NegativeInfinity;
    }

    internal static double? Whole(Objective objective, Measurements run, Slice slice) =>
        Metrics.IsDistribution(objective.Metric)
            ? Summaries.Aggregate(run.DistributionOf(objective.Metric, slice), objective.Aggregation)
            : Metrics.UnitOf(objective.Metric) == MetricUnit.PerSecond
                ? run.RateOf(objective.Metric, slice).Value
                : run.ShareOf(objective.Metric, slice).Value;
}
