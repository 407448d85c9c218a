using System.Globalization;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Objectives "vs baseline": non-inferiority over interleaved blocks. One block of both versions with the same prompts and gaps gives
/// one difference (latencies and rates: of logarithms); the blocks, not the requests, are the sample (Schuirmann 1987; docs/verdict.md).
/// </summary>
internal static class BaselineJudge
{
    /// <summary>Below this the smallest attainable p of an exact sign test is above 5 %.</summary>
    public const int FewestBlocks = 5;

    /// <summary>With this many blocks a t-interval is worth planning for; tails may merge blocks down to it, not further.</summary>
    private const int WantedBlocks = 8;

    /// <summary>Differences closer than this are rounding.</summary>
    private const double Alike = 1e-12;

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

        var ratio = objective.LimitKind == LimitKind.RelativeToBaseline;
        var pairs = Pairs(objective, run, candidate, candidate with { Target = name });
        if (pairs.Count < FewestBlocks)
        {
            return Ruling.Undecided(
                ReasonCodes.TooFewBlocks,
                $"Both versions were measured together in {pairs.Count} blocks{Wording.Where(objective)}; a comparison "
                    + $"takes at least {FewestBlocks}, better {WantedBlocks}. Run longer.")
                with { Samples = pairs.Count };
        }

        var limit = ratio ? Math.Log(1 + objective.Limit) : objective.Limit;
        var differences = pairs.Select(pair => Difference(pair, ratio)).ToList();
        var (whole, other) = (Whole(objective, run, candidate), Whole(objective, run, candidate with { Target = name }));
        var ruling = MeanBounds.Of(differences, AbsoluteJudge.Confidence) is { StandardError: > Alike } bounds
            ? ByMean(objective, ratio, limit, bounds)
            : BySigns(objective, ratio, limit, differences);
        var seen = BaselineWords.Seen(objective, ruling, whole, other, pairs.Count);
        return ruling with { BaselineObserved = other, Advice = seen + ruling.Advice };
    }

    private static Ruling ByMean(Objective objective, bool ratio, double limit, MeanBounds bounds)
    {
        double Shown(double value) => BaselineWords.Outward(objective, value);
        var verdict = AbsoluteJudge.Side(objective.Comparison, bounds.Low, bounds.High, limit);
        var needed = verdict == FindingVerdict.Inconclusive
            ? SampleSize.ToDecide(bounds.Mean, bounds.StandardError * Math.Sqrt(bounds.Count), limit, AbsoluteJudge.Confidence) : (Answer<long>?)null;
        var ruling = BaselineWords.Ruled(objective, ratio, verdict);
        return ruling with
        {
            Advice = ruling.Advice + Decides(needed, bounds.Count),
            MorePairs = needed is { IsKnown: true } known ? Math.Max(1, known.Value - bounds.Count) : null,
            Chance = bounds.ChanceBeyond(limit, worseIsMore: BaselineWords.WorseIsMore(objective.Comparison)),
            Observed = Shown(bounds.Mean),
            Samples = bounds.Count,
            Interval = new Interval(Shown(bounds.Low), Shown(bounds.High), AbsoluteJudge.Confidence, "t"),
        };
    }

    /// <summary>What it takes to decide, as pairs and as a length of the run.</summary>
    private static string Decides(Answer<long>? answer, int have)
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

    /// <summary>
    /// Blocks whose percentile is infinite have no mean, and blocks that are all alike no deviation, of which an interval of no width
    /// would make a certainty. Then only the number of blocks on either side of the limit counts.
    /// </summary>
    private static Ruling BySigns(Objective objective, bool ratio, double limit, List<double> differences)
    {
        var known = differences.Where(value => !double.IsNaN(value)).ToList();
        var good = known.Count(value => Summaries.Satisfies(value, objective.Comparison, limit));
        var verdict = Binomial.AtLeast(good, known.Count, 0.5) <= 1 - AbsoluteJudge.Confidence ? FindingVerdict.Pass
            : Binomial.AtMost(good, known.Count, 0.5) <= 1 - AbsoluteJudge.Confidence ? FindingVerdict.Fail
            : FindingVerdict.Inconclusive;
        var more = verdict == FindingVerdict.Inconclusive ? " More blocks would narrow it." : "";
        double? alike = differences.All(value => Math.Abs(value - differences[0]) < Alike) ? differences[0] : null;
        var ruling = BaselineWords.Ruled(objective, ratio, verdict);
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

    /// <summary>One value of each version for each block, or for each run of neighbouring blocks where the metric is a tail.</summary>
    private static List<(double Candidate, double Baseline)> Pairs(Objective objective, Measurements run, Slice candidate, Slice baseline)
    {
        var (left, right) = (Sizes(run, candidate), Sizes(run, baseline));
        var blocks = left.Keys.Where(right.ContainsKey).Order().ToList();
        var count = Groups(objective, blocks.Count, blocks.Sum(block => Math.Min(left[block], right[block])));
        var groupOf = new Dictionary<int, int>();
        for (var group = 0; group < count; group++)
        {
            var (from, to) = (group * blocks.Count / count, (group + 1) * blocks.Count / count);
            blocks[from..to].ForEach(block => groupOf[block] = group);
        }

        var (mine, theirs) = (Values(objective, run.In(candidate), groupOf, count), Values(objective, run.In(baseline), groupOf, count));
        return [.. mine.Zip(theirs).Where(pair => pair is { First: not null, Second: not null })
            .Select(pair => (pair.First!.Value, pair.Second!.Value))];
    }

    /// <summary>Requests by block.</summary>
    private static Dictionary<int, int> Sizes(Measurements run, Slice slice) => run.In(slice).CountBy(request => request.Block).ToDictionary();

    /// <summary>The objective's value in each group of blocks; null where a group has none. One pass, whatever the number of groups.</summary>
    private static IEnumerable<double?> Values(Objective objective, IEnumerable<Request> requests, Dictionary<int, int> groupOf, int count)
    {
        var folds = Enumerable.Range(0, count).Select(_ => new ValueFold(objective)).ToArray();
        foreach (var request in requests)
        {
            if (groupOf.TryGetValue(request.Block, out var group))
            {
                folds[group].Add(request);
            }
        }

        return folds.Select(fold => fold.Value);
    }

    /// <summary>A p99 of ten requests is their maximum: blocks are merged until each holds about one value beyond the percentile.</summary>
    private static int Groups(Objective objective, int blocks, int requests)
    {
        if (objective.Aggregation.Kind != AggregationKind.Percentile || blocks == 0)
        {
            return blocks;
        }

        var beyond = (int)Math.Floor(requests * (1 - (objective.Aggregation.Percent / 100)));
        return Math.Clamp(beyond, Math.Min(WantedBlocks, blocks), blocks);
    }

    internal static double? Whole(Objective objective, Measurements run, Slice slice) =>
        Metrics.IsDistribution(objective.Metric)
            ? Summaries.Aggregate(run.DistributionOf(objective.Metric, slice), objective.Aggregation)
            : Metrics.UnitOf(objective.Metric) == MetricUnit.PerSecond
                ? run.RateOf(objective.Metric, slice).Value
                : run.ShareOf(objective.Metric, slice).Value;
}
