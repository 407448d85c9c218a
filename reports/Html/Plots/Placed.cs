using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>
/// One request put on a time axis and into bins, once for all of the series that take it: a request is in a dozen cohorts and streams
/// hundreds of tokens. The object is used again for the next request.
/// </summary>
internal sealed class Placed(TimeAxis axis, int perOctave)
{
    // A frame cannot say that it holds more tokens than a context; a journal that does must not overflow the counters.
    private const int MaxTokensPerEvent = 100_000;

    private readonly List<Binned> _gaps = [];

    /// <summary>Bin of a duration, the duration, and how often.</summary>
    public readonly record struct Binned(int Bin, long Nanos, long Times);

    public Outcome Outcome { get; private set; }

    /// <summary>Buckets; sent is below zero for what was never sent.</summary>
    public int Planned { get; private set; }
    public int Sent { get; private set; }
    public int Ended { get; private set; }

    /// <summary>From the planned instant; null for what did not complete or does not exist.</summary>
    public Binned? Ttft { get; private set; }
    public Binned? E2e { get; private set; }

    /// <summary>Of tokens that streamed, whatever became of their request; equal bins are one.</summary>
    public IReadOnlyList<Binned> Gaps => _gaps;

    public Placed Put(JournalEvent.Observation observation)
    {
        // The latest first: a later instant may widen all buckets, and the places found before would be others.
        axis.IndexOf(Math.Max(observation.Ended, Math.Max(observation.Planned, observation.Sent ?? 0)));
        Outcome = observation.Outcome;
        Planned = axis.IndexOf(observation.Planned);
        Sent = observation.Sent is { } sent ? axis.IndexOf(sent) : -1;
        Ended = axis.IndexOf(observation.Ended);
        var completed = observation.Outcome == Outcome.Completed;
        Ttft = completed && observation.FirstToken is { } first ? Bin(first - observation.Planned) : null;
        E2e = completed ? Bin((observation.LastToken ?? observation.Ended) - observation.Planned) : null;
        _gaps.Clear();
        foreach (var gap in observation.Gaps)
        {
            var tokens = Math.Clamp(gap.Tokens, 1, MaxTokensPerEvent);
            AddGap(Bin(gap.Nanos / tokens) with { Times = tokens });
        }

        return this;
    }

    private Binned Bin(long nanos) => new(LatencyHistogram.BinOf(nanos, perOctave), nanos, 1);

    /// <summary>A stream's gaps are alike; a handful of bins holds them.</summary>
    private void AddGap(Binned gap)
    {
        for (var at = 0; at < Math.Min(_gaps.Count, 8); at++)
        {
            if (_gaps[at].Bin == gap.Bin)
            {
                _gaps[at] = new Binned(gap.Bin, Math.Max(_gaps[at].Nanos, gap.Nanos), _gaps[at].Times + gap.Times);
                return;
            }
        }

        _gaps.Add(gap);
    }
}
