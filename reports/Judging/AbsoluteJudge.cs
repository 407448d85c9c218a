using System.Diagnostics;
using System.Globalization;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Objectives against fixed limits, three-valued: pass when the 95 % bound is on the good side of the limit, fail when it is on the
/// bad side, inconclusive in between or when the sample is too small for a bound. Statistics: docs/verdict.md.
/// </summary>
internal static class AbsoluteJudge
{
    public const double Confidence = 0.95;

    /// <summary>Fewer requests than this decide nothing about a share, whatever they look like.</summary>
    private const int FewestForShare = 10;

    /// <summary>Whole seconds below which a rate has no interval worth the name.</summary>
    private const int FewestSeconds = 10;

    public static Ruling Decide(Objective objective, Measurements run, Slice slice)
    {
        if (Metrics.IsDistribution(objective.Metric))
        {
            var values = run.DistributionOf(objective.Metric, slice, [objective.Limit]);
            return objective.Aggregation.Kind switch
            {
                _ when values.Count == 0 => NothingMeasured(objective),
                AggregationKind.Percentile => Percentile(objective, values),
                AggregationKind.Max or AggregationKind.Min => Extreme(objective, values),
                AggregationKind.Mean or AggregationKind.Value => Mean(objective, values),
                _ => throw new UnreachableException($"no rule for {objective.Aggregation.Kind}"),
            };
        }

        return Metrics.UnitOf(objective.Metric) switch
        {
            MetricUnit.Share => Share(objective, run.ShareOf(objective.Metric, slice)),
            MetricUnit.PerSecond => Rate(objective, run.RateOf(objective.Metric, slice)),
            _ => RecoveryJudge.Decide(objective, run),
        };
    }

    public static Ruling NothingMeasured(Objective objective) => Ruling.Undecided(
        ReasonCodes.NotMeasured,
        $"No request has a value for {Wording.NameOf(objective.Metric)}{Wording.Where(objective)}; check the phase, the "
            + "cohort and whether the traffic is streamed and graded.");

    /// <summary>Counts the values beyond the limit and asks the binomial law: exact, and infinity is a value like others.</summary>
    private static Ruling Percentile(Objective objective, Distribution values)
    {
        var probability = objective.Aggregation.Percent / 100;
        var below = objective.Comparison is Comparison.Less or Comparison.LessOrEqual;
        var tolerated = below ? 1 - probability : probability;
        var beyond = below
            ? values.CountAbove(objective.Limit, orEqual: objective.Comparison == Comparison.Less)
            : values.Count - values.CountAbove(objective.Limit, orEqual: objective.Comparison == Comparison.GreaterOrEqual);
        var needed = OrderStatistics.MinimumSamples(1 - tolerated, Confidence);
        if (values.Count < needed)
        {
            return TooFew(objective, values.Count, needed, $"{beyond} of {values.Count} values were beyond the limit");
        }

        var verdict = Binomial.AtMost(beyond, values.Count, tolerated) <= 1 - Confidence ? FindingVerdict.Pass
            : Binomial.AtLeast(beyond, values.Count, tolerated) <= 1 - Confidence ? FindingVerdict.Fail
            : FindingVerdict.Inconclusive;
        var observed = values.Quantile(probability)!.Value;
        var seen = double.IsInfinity(observed)
            ? $"{Capital(Wording.Aggregated(objective))}{Wording.Where(objective)} was never reached: "
                + $"{Wording.Percent((double)beyond / values.Count)} of {values.Count} requests were later than "
                + $"{Wording.Duration(objective.Limit)} or failed"
            : $"{Capital(Wording.Aggregated(objective))}{Wording.Where(objective)} was {Wording.Duration(observed)} "
                + $"({values.Count} values, {beyond} beyond the limit)";
        return Ruled(objective, verdict, observed, values.Count, seen, Wilson.TriesFor((double)beyond / values.Count, tolerated, Confidence)) with
        {
            Chance = Binomial.AtLeast(beyond, values.Count, tolerated),
            Interval = new Interval(
                OrderStatistics.LowerRank(values.Count, probability, Confidence) is { } low ? values.AtRank(low) : null,
                OrderStatistics.UpperRank(values.Count, probability, Confidence) is { } high ? values.AtRank(high) : null,
                Confidence, "order-statistic"),
        };
    }

    /// <summary>The largest value of this run is what it is: a statement about the run, without an interval.</summary>
    private static Ruling Extreme(Objective objective, Distribution values)
    {
        var observed = Summaries.Aggregate(values, objective.Aggregation)!.Value;
        var held = Summaries.Satisfies(observed, objective.Comparison, objective.Limit);
        return Ruled(
            objective, held ? FindingVerdict.Pass : FindingVerdict.Fail, observed, values.Count,
            $"{Capital(Wording.Aggregated(objective))}{Wording.Where(objective)} was {Wording.Duration(observed)} over "
                + $"{values.Count} values", null);
    }

    private static Ruling Mean(Objective objective, Distribution values)
    {
        if (double.IsInfinity(values.Mean!.Value))
        {
            var lost = values.Infinite;
            return Ruled(
                objective, Summaries.Satisfies(double.PositiveInfinity, objective.Comparison, objective.Limit)
                    ? FindingVerdict.Pass : FindingVerdict.Fail,
                double.PositiveInfinity, values.Count,
                $"{lost} of {values.Count} requests failed, so that the mean has no end; gate a percentile and error_rate "
                    + "instead", null);
        }

        return values.Count < FewestForShare || values.MeanBounds(Confidence) is not { } bounds
            ? TooFew(objective, values.Count, FewestForShare, $"There were {values.Count} values")
            : Ruled(
                objective, Side(objective, bounds.Low, bounds.High), bounds.Mean, values.Count,
                $"{Capital(Wording.Aggregated(objective))}{Wording.Where(objective)} was {Wording.Duration(bounds.Mean)} "
                    + $"over {values.Count} values", null)
                with
                {
                    Interval = new Interval(bounds.Low, bounds.High, Confidence, "t"),
                    Chance = bounds.StandardError > 0 ? bounds.ChanceBeyond(objective.Limit, WorseIsMore(objective)) : null,
                };
    }

    private static Ruling Share(Objective objective, ShareCount share)
    {
        if (share.Value is not { } observed)
        {
            return NothingMeasured(objective);
        }

        var seen = Wording.Share(objective.Metric, observed, share.Total) + Wording.Where(objective);
        if (objective.Limit is <= 0 or >= 1)
        {
            // No sample can prove "never" or "always": such a limit is a statement about this run.
            var held = Summaries.Satisfies(observed, objective.Comparison, objective.Limit);
            return Ruled(objective, held ? FindingVerdict.Pass : FindingVerdict.Fail, observed, share.Total, seen, null);
        }

        var (low, high) = Wilson.OneSided(share.Hits, share.Total, Confidence)!.Value;
        var interval = new Interval(low, high, Confidence, "wilson");
        var best = objective.Comparison is Comparison.Less or Comparison.LessOrEqual ? 0 : 1;
        var needed = Math.Max(FewestForShare, Wilson.TriesFor(best, objective.Limit, Confidence) ?? FewestForShare);
        var side = share.Total < FewestForShare ? FindingVerdict.Inconclusive : Side(objective, low, high);
        if (side == FindingVerdict.Inconclusive && share.Total < needed)
        {
            return TooFew(objective, share.Total, needed, seen) with { Observed = observed, Interval = interval };
        }

        return Ruled(objective, side, observed, share.Total, seen, Wilson.TriesFor(observed, objective.Limit, Confidence)) with
        {
            Interval = interval,
            Chance = Wilson.ChanceBeyond(share.Hits, share.Total, objective.Limit, worseIsMore: best == 0),
        };
    }

    /// <summary>The unit of analysis is the whole second, because arrivals within one share its fate.</summary>
    private static Ruling Rate(Objective objective, RateSeries rate)
    {
        if (rate.Value is not { } observed)
        {
            return NothingMeasured(objective);
        }

        var seen = $"There were {Wording.Number(observed)} {Wording.NameOf(objective.Metric)}{Wording.Where(objective)}";
        if (rate.PerSecond.Count < FewestSeconds || MeanBounds.Of(rate.PerSecond, Confidence) is not { } bounds)
        {
            return TooFew(objective, rate.PerSecond.Count, FewestSeconds, seen, "seconds") with { Observed = observed };
        }

        return Ruled(objective, Side(objective, bounds.Low, bounds.High), observed, rate.PerSecond.Count, seen, null) with
        {
            Interval = new Interval(bounds.Low, bounds.High, Confidence, "t"),
            Chance = bounds.StandardError > 0 ? bounds.ChanceBeyond(objective.Limit, WorseIsMore(objective)) : null,
        };
    }

    private static bool WorseIsMore(Objective objective) => objective.Comparison is Comparison.Less or Comparison.LessOrEqual;

    /// <summary>Equality of bound and limit is not enough for either side.</summary>
    internal static FindingVerdict Side(Objective objective, double low, double high) => Side(objective.Comparison, low, high, objective.Limit);

    internal static FindingVerdict Side(Comparison comparison, double low, double high, double limit) =>
        comparison is Comparison.Less or Comparison.LessOrEqual
            ? high < limit ? FindingVerdict.Pass : low > limit ? FindingVerdict.Fail : FindingVerdict.Inconclusive
            : low > limit ? FindingVerdict.Pass : high < limit ? FindingVerdict.Fail : FindingVerdict.Inconclusive;

    private static Ruling TooFew(Objective objective, long have, long needed, string seen, string unit = "samples")
    {
        var more = (needed - have).ToString(CultureInfo.InvariantCulture);
        return Ruling.Undecided(
            ReasonCodes.TooFewSamples,
            $"{seen}; {Wording.Asks(objective, Wording.UnitOf(objective.Metric))}, and to be 95 % sure of that takes at "
                + $"least {needed} {unit}: {more} more than the {have} there are. Run longer or raise the rate.")
            with { Samples = have };
    }

    private static Ruling Ruled(Objective objective, FindingVerdict verdict, double observed, long samples, string seen, long? needed)
    {
        var asks = Wording.Asks(objective, Wording.UnitOf(objective.Metric));
        var more = needed is { } tries && tries > samples
            ? $" About {tries.ToString(CultureInfo.InvariantCulture)} samples would decide it if the rest looks the same."
            : " More samples would narrow it.";
        return new Ruling
        {
            Verdict = verdict,
            ReasonCode = verdict switch
            {
                FindingVerdict.Pass => ReasonCodes.Held,
                FindingVerdict.Fail => ReasonCodes.Broken,
                _ => ReasonCodes.Straddles,
            },
            Advice = verdict == FindingVerdict.Inconclusive
                ? $"{seen}; {asks}, too close to tell with 95 % confidence.{more}"
                : $"{seen}; {asks}.",
            Observed = observed,
            Samples = samples,
        };
    }

    /// <summary>For the start of a sentence; <c>p99</c> stays as it is.</summary>
    internal static string Capital(string text) => char.IsDigit(text[1]) ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
