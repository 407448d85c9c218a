using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Reports.Statistics.Resampling;

namespace ChaosBench.Reports.Comparing;

/// <summary>The values of one aspect of one run in the order in which their requests were planned.</summary>
/// <param name="Values">Seconds, or 0 and 1; of a run of more than 200,000 requests every k-th.</param>
/// <param name="Arrivals">Whose they are.</param>
internal sealed record Samples(double[] Values, int[] Arrivals)
{
    private const int Most = 200_000;

    public static Samples Of(Measurements run, Aspect aspect)
    {
        var stride = Math.Max(1, (run.Requests.Count + Most - 1) / Most);
        return Of(
            run.In(new Slice(run.Candidate, aspect.Phase)).Where(request => request.Arrival % stride == 0),
            request => aspect.Percent is null ? aspect.ShareOf(request) : MetricValues.Of(aspect.Metric, request));
    }

    /// <param name="value">Null: this request has none.</param>
    public static Samples Of(IEnumerable<Request> requests, Func<Request, double?> value)
    {
        var found = requests.Select(request => (request.PlannedAt, request.Arrival, Value: value(request)))
            .Where(one => one.Value is not null)
            .OrderBy(one => one.PlannedAt).ThenBy(one => one.Arrival).ToList();
        return new Samples([.. found.Select(one => one.Value!.Value)], [.. found.Select(one => one.Arrival)]);
    }

    /// <summary>
    /// A quantile with its order-statistic interval at the number of independent values that the series is worth: neighbours share the
    /// fate of a queue, and what counts is how the hits of "at or below the quantile" hang together.
    /// </summary>
    public Bounded? Quantile(double probability, double confidence)
    {
        if (Values.Length == 0)
        {
            return null;
        }

        var sorted = QuantileEstimators.Sorted(Values);
        var at = QuantileEstimators.OfSorted(sorted, probability);
        var worth = WorthAt(at);
        if (OrderStatistics.Interval((int)worth, probability, confidence) is not var (lower, upper, _))
        {
            return null;
        }

        double AtRank(double rank) => sorted[Math.Clamp((int)Math.Ceiling(rank / Math.Floor(worth) * sorted.Length), 1, sorted.Length) - 1];
        return new Bounded(at, Math.Min(at, AtRank(lower)), Math.Max(at, AtRank(upper)), worth);
    }

    /// <summary>Independent values that the sample is worth for a quantile; 0 of nothing.</summary>
    public double Worth(double probability) =>
        Values.Length == 0 ? 0 : WorthAt(QuantileEstimators.OfSorted(QuantileEstimators.Sorted(Values), probability));

    /// <summary>A share with Wilson's interval at the number of independent values that the series is worth.</summary>
    public Bounded? Share(double confidence)
    {
        if (Values.Length == 0)
        {
            return null;
        }

        var worth = Math.Max(1, Math.Floor(WorthOf(Values)));
        var share = Values.Average();
        var (low, high) = Wilson.TwoSided(share * worth, (long)worth, confidence)!.Value;
        return new Bounded(share, low, high, worth);
    }

    /// <summary>A mean with Student's interval at the number of independent values that the series is worth; null where it has no end.</summary>
    /// <param name="confidence">One-sided.</param>
    public Bounded? Mean(double confidence)
    {
        if (Values.Length < 2 || !Array.TrueForAll(Values, double.IsFinite))
        {
            return null;
        }

        var worth = WorthOf(Values);
        var moments = Moments.Of(Values);
        return MeanBounds.Of(moments.Mean, moments.Variance, Math.Max(2, (int)worth), confidence) is { } bounds
            ? new Bounded(bounds.Mean, bounds.Low, bounds.High, worth) : null;
    }

    /// <summary>Of the quantile, or of the mean where there is none.</summary>
    public double WorthFor(double? probability) => Values.Length == 0 ? 0 : probability is { } tail ? Worth(tail) : WorthOf(Values);

    /// <summary>Of many equal values at the limit either side may be the one that hangs together.</summary>
    private double WorthAt(double limit) => Math.Min(
        WorthOf(Array.ConvertAll(Values, value => value <= limit ? 1.0 : 0.0)), WorthOf(Array.ConvertAll(Values, value => value < limit ? 1.0 : 0.0)));

    private static double WorthOf(double[] series) =>
        Autocorrelation.Of(series) is { IsKnown: true } known ? known.Value.Effective : series.Length;
}

/// <param name="Worth">Independent values that the sample is worth, at most its size.</param>
internal readonly record struct Bounded(double At, double Low, double High, double Worth);
