using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Shares;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Comparing;

/// <summary>One number of two runs against its margin.</summary>
/// <param name="strict">Confidence that a "worse" needs among all the numbers that are looked at.</param>
internal sealed class MetricJudge(double margin, double points, double strict, bool samePlan)
{
    private const double Confidence = AbsoluteJudge.Confidence;

    public MetricComparison Decide(Aspect aspect, Samples before, Samples after) =>
        aspect.Percent is { } percent ? Latency(aspect, percent / 100, before, after) : Share(aspect, before, after);

    private MetricComparison Latency(Aspect aspect, double probability, Samples before, Samples after)
    {
        // A two-sided interval of 1 - 2α has one-sided bounds of 1 - α.
        if (before.Quantile(probability, (2 * Confidence) - 1) is not { } a || after.Quantile(probability, (2 * Confidence) - 1) is not { } b)
        {
            return Empty(aspect, "none") with
            {
                ReasonCode = ReasonCodes.TooFewSamples, WorthBefore = before.Worth(probability), WorthAfter = after.Worth(probability),
            };
        }

        var known = Empty(aspect, "order statistics at the effective size, MOVER") with
        {
            Before = a.At, After = b.At, WorthBefore = a.Worth, WorthAfter = b.Worth,
        };
        if (!double.IsFinite(a.High) || !double.IsFinite(b.High) || a.Low <= 0 || b.Low <= 0)
        {
            // Failures reach the percentile: only a side that is wholly without end, beside one that is not, tells something.
            return double.IsInfinity(b.Low) && double.IsFinite(a.High) ? known with { Verdict = FindingVerdict.Fail, ReasonCode = ReasonCodes.Broken }
                : double.IsInfinity(a.Low) && double.IsFinite(b.High) ? known with { Verdict = FindingVerdict.Pass, ReasonCode = ReasonCodes.Held, Better = true }
                : known with { ReasonCode = ReasonCodes.Straddles };
        }

        var (low, high) = Ratio(a, b);
        var clear = before.Quantile(probability, (2 * strict) - 1) is { } wideA && after.Quantile(probability, (2 * strict) - 1) is { } wideB
            && Ratio(wideA, wideB).Low > Math.Log(1 + margin);
        return Sided(
            known with { Change = (b.At / a.At) - 1, Low = Math.Exp(low) - 1, High = Math.Exp(high) - 1 },
            pass: high < Math.Log(1 + margin), worse: low > Math.Log(1 + margin), clear, better: high < 0);
    }

    /// <summary>L = D - √((b - l_b)² + (u_a - a)²) and so on, of logarithms.</summary>
    private static (double Low, double High) Ratio(Bounded a, Bounded b)
    {
        double Square(double value) => value * value;
        var difference = Math.Log(b.At / a.At);
        return (
            difference - Math.Sqrt(Square(Math.Log(b.At / b.Low)) + Square(Math.Log(a.High / a.At))),
            difference + Math.Sqrt(Square(Math.Log(b.High / b.At)) + Square(Math.Log(a.At / a.Low))));
    }

    private MetricComparison Share(Aspect aspect, Samples before, Samples after)
    {
        if (before.Share((2 * Confidence) - 1) is not { } a || after.Share((2 * Confidence) - 1) is not { } b)
        {
            return Empty(aspect, "none") with
            {
                ReasonCode = ReasonCodes.NotMeasured, WorthBefore = before.Values.Length, WorthAfter = after.Values.Length,
            };
        }

        var pairs = samePlan ? Pairs(before, after) : null;
        var (low, high) = Difference(pairs, a, b, (2 * Confidence) - 1);
        var (strictLow, strictHigh) = before.Share((2 * strict) - 1) is { } wideA && after.Share((2 * strict) - 1) is { } wideB
            ? Difference(pairs, wideA, wideB, (2 * strict) - 1) : (double.NegativeInfinity, double.PositiveInfinity);
        var known = Empty(aspect, pairs is null ? "Newcombe at the effective size" : "Newcombe, answer by answer") with
        {
            Before = a.At, After = b.At, Change = b.At - a.At, Low = low, High = high, WorthBefore = a.Worth, WorthAfter = b.Worth,
        };
        return aspect.WorseIsMore
            ? Sided(known, pass: high < points, worse: low > points, clear: strictLow > points, better: high < 0)
            : Sided(known, pass: low > -points, worse: high < -points, clear: strictHigh < -points, better: low > 0);
    }

    /// <summary>How the same requests ended in both runs: both, only after, only before, neither. Null: too few are in both, or scores are no counts.</summary>
    private static long[]? Pairs(Samples before, Samples after)
    {
        var first = before.Arrivals.Zip(before.Values).ToDictionary(pair => pair.First, pair => pair.Second);
        var counts = new long[4];
        foreach (var (arrival, value) in after.Arrivals.Zip(after.Values))
        {
            if (first.TryGetValue(arrival, out var was))
            {
                if (value is not (0 or 1) || was is not (0 or 1))
                {
                    return null;
                }

                counts[(value > 0 ? 0 : 2) + (was > 0 ? 0 : 1)]++;
            }
        }

        // both = 0, only after = 1, only before = 2, neither = 3.
        return counts.Sum() * 2 > before.Values.Length + after.Values.Length - 20 && counts.Sum() > 0 ? counts : null;
    }

    private static (double Low, double High) Difference(long[]? pairs, Bounded a, Bounded b, double confidence)
    {
        if (pairs is not null)
        {
            var paired = Newcombe.Paired(pairs[0], pairs[1], pairs[2], pairs[3], confidence).Value;
            return (paired.Low, paired.High);
        }

        double Square(double value) => value * value;
        return (
            b.At - a.At - Math.Sqrt(Square(b.At - b.Low) + Square(a.High - a.At)),
            b.At - a.At + Math.Sqrt(Square(b.High - b.At) + Square(a.At - a.Low)));
    }

    private static MetricComparison Sided(MetricComparison known, bool pass, bool worse, bool clear, bool better) => known with
    {
        Better = better,
        Verdict = pass ? FindingVerdict.Pass : worse && clear ? FindingVerdict.Fail : FindingVerdict.Inconclusive,
        ReasonCode = pass ? ReasonCodes.Held : worse ? clear ? ReasonCodes.Broken : ReasonCodes.NotAmongSeveral : ReasonCodes.Straddles,
    };

    private static MetricComparison Empty(Aspect aspect, string method) => new()
    {
        Metric = aspect.Name,
        Phase = Summaries.NameOf(aspect.Phase),
        Unit = aspect.Percent is null ? "share" : "s",
        WorseIsMore = aspect.WorseIsMore,
        Counts = aspect.Counts,
        Verdict = FindingVerdict.Inconclusive,
        ReasonCode = ReasonCodes.Straddles,
        Method = method,
    };
}
