using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>One way to slice: its first <see cref="PlotData.MaxCohorts"/> values by themselves, the rest together.</summary>
internal sealed class Dimension(string name, Func<JournalEvent.Observation, IReadOnlyList<PlannedFaultInfo>, string> valueOf)
{
    private const string Others = "others";

    private readonly Dictionary<(string Value, string Target), Slice> _slices = [];

    public bool HasValues => _slices.Count > 0;

    public bool HasSeveralValues => _slices.Keys.Select(key => key.Value).Distinct().Skip(1).Any();

    public string ValueOf(JournalEvent.Observation observation, IReadOnlyList<PlannedFaultInfo> faults) => valueOf(observation, faults);

    /// <param name="series">Makes the plots of a new slice; null: it has none.</param>
    public Slice SliceOf(string value, string target, Func<TargetFold?>? series)
    {
        // The raw value is the key, so that the common case costs one look-up; it is made visible when shown.
        if (_slices.TryGetValue((value, target), out var slice))
        {
            return slice;
        }

        var key = (_slices.Count < PlotData.MaxCohorts - PlotData.MaxTargets - 1 ? value : Others, target);
        if (!_slices.TryGetValue(key, out slice))
        {
            _slices.Add(key, slice = new Slice(series?.Invoke()));
        }

        return slice;
    }

    public CohortDimension Close(string? candidate) => new(
        name,
        [.. _slices.OrderBy(slice => Number(slice.Key.Value)).ThenBy(slice => slice.Key.Value, StringComparer.Ordinal)
            .ThenBy(slice => slice.Key.Target != candidate).ThenBy(slice => slice.Key.Target, StringComparer.Ordinal)
            .Select(slice => slice.Value.Close(SafeText.Visible(slice.Key.Value, 80), slice.Key.Target))],
        _slices.Keys.Any(key => key.Value == Others));

    private static double Number(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.MaxValue;
}

/// <summary>The requests of one value of one dimension on one target.</summary>
internal sealed class Slice(TargetFold? series)
{
    private const int MaxGraders = 8;

    private readonly LatencyHistogram _ttft = new();
    private readonly LatencyHistogram _e2e = new();
    private readonly SortedDictionary<string, (long Graded, double Sum)> _quality = new(StringComparer.Ordinal);
    private long _requests;
    private long _completed;
    private long _failedStreams;
    private long _asked;
    private long _askedJson;

    public void Add(JournalEvent.Observation observation, Placed placed)
    {
        series?.Add(placed);
        if (Outcomes.IsCensored(observation.Outcome))
        {
            return;
        }

        _requests++;
        _asked += observation.Cohort.Grader == GraderKind.None ? 0 : 1;
        _askedJson += observation.Cohort.Grader == GraderKind.JsonFields ? 1 : 0;
        if (observation.Outcome != Outcome.Completed)
        {
            _failedStreams += observation.Cohort.Stream ? 1 : 0;
            return;
        }

        _completed++;
        if (observation.FirstToken is { } first)
        {
            _ttft.Add(first - observation.Planned);
        }

        _e2e.Add((observation.LastToken ?? observation.Ended) - observation.Planned);
    }

    public void Grade(JournalEvent.Score score)
    {
        var grader = SafeText.Visible(score.Grader, 40);
        if (_quality.Count < MaxGraders || _quality.ContainsKey(grader))
        {
            var (graded, sum) = _quality.GetValueOrDefault(grader);
            _quality[grader] = (graded + 1, sum + (score.Value ?? 0));
        }
    }

    public CohortSlice Close(string value, string target) => new(
        value, target, _requests, _completed, Curve(_ttft, _failedStreams), Curve(_e2e, _requests - _completed),
        [.. _quality.Select(row => Mean(row.Key, row.Value.Sum, Math.Max(row.Value.Graded, Asked(row.Key))))])
    {
        Series = series?.Close(target),
    };

    private static QualityMean Mean(string grader, double sum, long graded) => new(grader, graded, sum / graded);

    /// <summary>Answers that this grader should have seen: one that never came is wrong, as in <c>docs/metrics.md</c>.</summary>
    private long Asked(string grader) => grader switch
    {
        "accuracy" => _asked,
        "field_accuracy" or "valid_json" => _askedJson,
        _ => 0,
    };

    /// <summary>Evenly spaced on the axis that HdrHistogram made usual, -log10(1 - p), as far as the count carries.</summary>
    private static LatencyCurve Curve(LatencyHistogram latencies, long failed)
    {
        var attempted = latencies.Count + failed;
        var shares = Enumerable.Range(0, 51).Select(step => 1 - Math.Pow(10, -step / 10.0)).Concat([0.5, 0.95])
            .Where(share => share * attempted <= attempted - 1).Order();
        var points = new List<CurvePoint>(PlotData.MaxCurvePoints);
        foreach (var share in shares)
        {
            if (latencies.Quantile(share, failed) is not { } seconds)
            {
                break;
            }

            points.Add(new CurvePoint(Math.Round(share, 9), seconds));
        }

        return new LatencyCurve(latencies.Count, failed, points);
    }
}
