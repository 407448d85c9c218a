using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>One value of each version over a run of neighbouring blocks.</summary>
/// <param name="Pairs">Pairs of blocks up to the end of this run of them, from the first measured one.</param>
/// <param name="Requests">Of the version that had fewer.</param>
internal readonly record struct PairValue(double Candidate, double Baseline, int Pairs, int Requests);

/// <summary>
/// One objective's values pair by pair for a run that may be looked at after every pair. A p95 of ten requests is their maximum, so that
/// a tail takes as many neighbouring pairs together as hold one value beyond it; how many is known from the counts of requests, which are
/// planned, and never from how they went. Blocks come in order, each once and whole.
/// </summary>
internal sealed class PairSeries(Objective objective, Slice candidate, string baseline)
{
    private readonly Slice _other = candidate with { Target = baseline };
    private readonly List<PairValue> _values = [];
    private ValueFold _mine = new(objective);
    private ValueFold _theirs = new(objective);
    private int _myRequests;
    private int _theirRequests;

    public Objective Objective => objective;

    public IReadOnlyList<PairValue> Values => _values;

    /// <summary>Pairs that both versions had requests of the slice in.</summary>
    public int Pairs { get; private set; }

    /// <summary>Requests that one value of each version takes: one beyond the percentile is expected among them.</summary>
    public static int Needed(Aggregation aggregation) => aggregation.Kind == AggregationKind.Percentile
        ? (int)Math.Clamp(Math.Ceiling(1 / Math.Max(1e-6, 1 - (aggregation.Percent / 100)) - 1e-9), 1, 1_000_000) : 1;

    /// <summary>The values of a whole run.</summary>
    public static PairSeries Of(Objective objective, Measurements run, Slice candidate, string baseline)
    {
        var series = new PairSeries(objective, candidate, baseline);
        foreach (var block in run.Requests.Where(request => candidate.Holds(request) || series._other.Holds(request)).GroupBy(request => request.Block).OrderBy(block => block.Key))
        {
            series.Add([.. block]);
        }

        return series;
    }

    /// <param name="block">All requests of one pair of blocks, of both versions.</param>
    public void Add(IReadOnlyList<Request> block)
    {
        var (mine, theirs) = (block.Where(candidate.Holds).ToList(), block.Where(_other.Holds).ToList());
        if (mine.Count == 0 || theirs.Count == 0)
        {
            return;
        }

        Pairs++;
        mine.ForEach(_mine.Add);
        theirs.ForEach(_theirs.Add);
        (_myRequests, _theirRequests) = (_myRequests + mine.Count, _theirRequests + theirs.Count);
        if (Math.Min(_myRequests, _theirRequests) < Needed(objective.Aggregation))
        {
            return;
        }

        if (_mine.Value is { } value && _theirs.Value is { } other)
        {
            _values.Add(new PairValue(value, other, Pairs, Math.Min(_myRequests, _theirRequests)));
        }

        (_mine, _theirs, _myRequests, _theirRequests) = (new ValueFold(objective), new ValueFold(objective), 0, 0);
    }
}
