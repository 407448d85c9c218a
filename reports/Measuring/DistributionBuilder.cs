using ChaosBench.Reports.Histograms;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Collects the values of one metric in bounded memory: all of them up to a number, a histogram of three digits from there on. The sum,
/// the extremes and how many lie beyond the limits it was told stay exact at any size.
/// </summary>
/// <param name="limits">Limits of gates, seconds: counts beyond these never come from the histogram.</param>
/// <param name="mostExact">Values that are kept one by one.</param>
public sealed class DistributionBuilder(IReadOnlyList<double>? limits = null, int mostExact = DistributionBuilder.MostExact)
{
    /// <summary>What the definitions promise: exact up to a million values a metric, cohort and phase.</summary>
    public const int MostExact = 1_000_000;

    /// <summary>Below the size from which arrays go to the large object heap, where garbage stays long.</summary>
    private const int PageSize = 8 * 1024;

    private readonly LimitCount[] _limits = [.. (limits ?? []).Select(limit => new LimitCount(limit))];
    private List<double[]> _pages = [];
    private int _count;
    private Coarse? _coarse;

    public void Add(double value)
    {
        foreach (var limit in _limits)
        {
            limit.Add(value, 1);
        }

        if (_coarse is { } coarse)
        {
            coarse.Add(value, 1);
            return;
        }

        if (_count % PageSize == 0)
        {
            _pages.Add(new double[PageSize]);
        }

        _pages[^1][_count++ % PageSize] = value;
        if (_count > mostExact)
        {
            Coarsen();
        }
    }

    public void Add(double value, int times)
    {
        for (; times > 0 && _coarse is null; times--)
        {
            Add(value);
        }

        if (times > 0)
        {
            Array.ForEach(_limits, limit => limit.Add(value, times));
            _coarse!.Add(value, times);
        }
    }

    /// <summary>What was collected; the builder is used up.</summary>
    public Distribution Build()
    {
        if (_coarse is { } coarse)
        {
            return new Distribution(coarse, _limits);
        }

        var values = new double[_count];
        for (var at = 0; at < _count; at += PageSize)
        {
            _pages[at / PageSize].AsSpan(0, Math.Min(PageSize, _count - at)).CopyTo(values.AsSpan(at));
        }

        _pages = [];
        return new Distribution(values);
    }

    private void Coarsen()
    {
        _coarse = new Coarse();
        for (var at = 0; at < _count; at++)
        {
            _coarse.Add(_pages[at / PageSize][at % PageSize], 1);
        }

        _pages = [];
    }

    /// <summary>How many values lie above a limit, and how many are equal to it.</summary>
    internal sealed class LimitCount(double limit)
    {
        public double Limit { get; } = limit;
        public int Above { get; private set; }
        public int Equal { get; private set; }

        public void Add(double value, int times)
        {
            Above += value > Limit ? times : 0;
            Equal += value.Equals(Limit) ? times : 0;
        }
    }

    /// <summary>Nanoseconds in a histogram of three digits; infinite values apart. Moments by Welford 1962.</summary>
    internal sealed class Coarse
    {
        /// <summary>Ten days: longer values count as that long in percentiles.</summary>
        private const long Highest = 864_000L * 1_000_000_000L;

        private const double PerSecond = 1e9;
        private readonly HdrHistogram _finite = new(1, Highest, 3);
        private double _squares;

        public int Count { get; private set; }
        public int Infinite { get; private set; }
        public double Mean { get; private set; }
        public double Min { get; private set; } = double.PositiveInfinity;
        public double Max { get; private set; } = double.NegativeInfinity;

        /// <summary>With the n - 1 divisor; of the finite values.</summary>
        public double Variance => Count - Infinite > 1 ? _squares / (Count - Infinite - 1) : 0;

        public void Add(double value, int times)
        {
            Count += times;
            Min = Math.Min(Min, value);
            Max = Math.Max(Max, value);
            if (double.IsPositiveInfinity(value))
            {
                Infinite += times;
                return;
            }

            _finite.Record((long)Math.Clamp(Math.Round(value * PerSecond), 0, Highest), times);
            var away = value - Mean;
            Mean += away * times / (Count - Infinite);
            _squares += away * (value - Mean) * times;
        }

        /// <param name="rank">1 to <see cref="Count"/>.</param>
        public double AtRank(int rank) => rank > Count - Infinite ? double.PositiveInfinity
            : rank == Count ? Max
            : Math.Min(_finite.MedianEquivalent(_finite.AtRank(rank)) / PerSecond, Max);

        /// <summary>To the histogram's precision.</summary>
        public int CountAbove(double limit)
        {
            var (low, high) = (0, Count);
            while (low < high)
            {
                var middle = low + ((high - low) / 2);
                (low, high) = AtRank(middle + 1) > limit ? (low, middle) : (middle + 1, high);
            }

            return Count - low;
        }
    }
}
