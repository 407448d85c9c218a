using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>Slices every judged request by what it was: prompt set, temperature, streaming, batch, role, exposure, phase, tags.</summary>
internal sealed class CohortFold
{
    private const int MaxTagDimensions = 6;
    private const int WarmUp = -1;
    private const int MostKinds = 10_000;

    private readonly List<Dimension> _fixed =
    [
        new("all requests", (_, _) => "all"),
        new("prompt set", (seen, _) => seen.Cohort.Prompts),
        new("temperature", (seen, _) => seen.Cohort.Temperature.ToString("0.###", CultureInfo.InvariantCulture)),
        new("streaming", (seen, _) => seen.Cohort.Stream ? "streamed" : "one reply"),
        new("batch size", (seen, _) => seen.Cohort.Batch.ToString(CultureInfo.InvariantCulture)),
        new("role", (seen, _) => Kebab.Of(seen.Cohort.Role)),
        new(CohortDimension.FaultExposure, Exposure),
        new("phase", (seen, _) => Kebab.Of(seen.Phase)),
    ];

    private readonly SortedDictionary<string, Dimension> _tags = new(StringComparer.Ordinal);
    private readonly List<Slice[]> _sets = [];
    private readonly Dictionary<Kind, int> _setOfKind = new(new SameKind());
    private readonly Dictionary<Slice[], int> _setNumbers = new(new SameSlices());

    // Scores name only the arrival; which slices it fell into is kept as one number a request: 0 unknown, else 1 + place in the sets.
    private readonly ArrivalTable<int> _setOfArrival = new();
    private readonly Dictionary<int, List<JournalEvent.Score>> _early = [];

    private readonly Placed _placed;
    private int _series;

    public CohortFold() => _placed = new Placed(Axis, LatencyHistogram.Coarse);

    public TimeAxis Axis { get; } = new(PlotData.MaxCohortBuckets, comfortable: 100);

    public IReadOnlyList<PlannedFaultInfo> Faults { get; set; } = [];

    public void Add(JournalEvent.Observation observation, string target)
    {
        if (observation.Phase == Phase.WarmUp)
        {
            _setOfArrival[observation.Arrival] = WarmUp;
            _early.Remove(observation.Arrival);
            return;
        }

        var number = SetOf(observation, target);
        if (observation.Cohort.Grader != GraderKind.None)
        {
            _setOfArrival[observation.Arrival] = number + 1;
        }

        var placed = _placed.Put(observation);
        foreach (var slice in _sets[number])
        {
            slice.Add(observation, placed);
        }

        if (_early.Remove(observation.Arrival, out var scores))
        {
            scores.ForEach(Add);
        }
    }

    public void Add(JournalEvent.Score score)
    {
        var number = _setOfArrival[score.Arrival];
        if (number == 0)
        {
            if (!_early.TryGetValue(score.Arrival, out var waiting))
            {
                _early.Add(score.Arrival, waiting = []);
            }

            waiting.Add(score);
        }
        else if (number != WarmUp)
        {
            foreach (var slice in _sets[number - 1])
            {
                slice.Grade(score);
            }
        }
    }

    /// <summary>A dimension with a single value says nothing that "all requests" does not.</summary>
    public IReadOnlyList<CohortDimension> Close(string? candidate) =>
    [
        .. _fixed.Concat(_tags.Values).Where((dimension, at) => at == 0 ? dimension.HasValues : dimension.HasSeveralValues)
            .Select(dimension => dimension.Close(candidate)),
    ];

    /// <summary>The reader makes one object of equal cohorts, so that most requests find their set without a look at the tags.</summary>
    private int SetOf(JournalEvent.Observation observation, string target)
    {
        var known = new Kind(observation.Cohort, Exposure(observation, Faults), observation.Phase, target);
        if (!_setOfKind.TryGetValue(known, out var number))
        {
            number = FindSet(observation, target);
            if (_setOfKind.Count < MostKinds)
            {
                _setOfKind[known] = number;
            }
        }

        return number;
    }

    private int FindSet(JournalEvent.Observation observation, string target)
    {
        var slices = new List<Slice>(_fixed.Count + observation.Cohort.Tags.Count);
        slices.AddRange(_fixed.Select((dimension, at) => dimension.SliceOf(dimension.ValueOf(observation, Faults), target, at == 0 ? null : NewSeries)));
        foreach (var (key, value) in observation.Cohort.Tags)
        {
            if (TagDimension(key) is { } dimension)
            {
                slices.Add(dimension.SliceOf(value, target, NewSeries));
            }
        }

        Slice[] set = [.. slices];
        if (!_setNumbers.TryGetValue(set, out var number))
        {
            _setNumbers.Add(set, number = _sets.Count);
            _sets.Add(set);
        }

        return number;
    }

    /// <summary>Plots of its own for a kind of requests, as long as there is room. All requests together have theirs already.</summary>
    private TargetFold? NewSeries() => _series++ < PlotData.MaxCohortSeries ? new TargetFold(Axis, LatencyHistogram.Coarse) : null;

    private Dimension? TagDimension(string key)
    {
        if (!_tags.TryGetValue(key, out var dimension) && _tags.Count < MaxTagDimensions)
        {
            _tags.Add(key, dimension = new Dimension(SafeText.Visible(key, 40), (_, _) => ""));
        }

        return dimension;
    }

    /// <summary>A bystander was under way while a fault was planned to be active, and was not its victim.</summary>
    private static string Exposure(JournalEvent.Observation seen, IReadOnlyList<PlannedFaultInfo> faults) =>
        seen.Faults.Count > 0 ? "hit by a fault"
        : faults.Any(fault => seen.Planned < fault.End && seen.Ended >= fault.Start) ? "bystander of a fault"
        : "no fault active";

    private readonly record struct Kind(Cohort Cohort, string Exposure, Phase Phase, string Target);

    private sealed class SameKind : IEqualityComparer<Kind>
    {
        public bool Equals(Kind left, Kind right) =>
            ReferenceEquals(left.Cohort, right.Cohort) && left.Exposure == right.Exposure && left.Phase == right.Phase && left.Target == right.Target;

        public int GetHashCode(Kind kind) => HashCode.Combine(
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(kind.Cohort), kind.Exposure.Length, kind.Phase, kind.Target);
    }

    private sealed class SameSlices : IEqualityComparer<Slice[]>
    {
        public bool Equals(Slice[]? left, Slice[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(Slice[] set)
        {
            var hash = new HashCode();
            foreach (var slice in set)
            {
                hash.Add(slice);
            }

            return hash.ToHashCode();
        }
    }
}
