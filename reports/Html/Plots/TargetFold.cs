using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>One target's series over time.</summary>
internal sealed class TargetFold(TimeAxis axis)
{
    // A frame cannot say that it holds more tokens than a context; a journal that does must not overflow the counters.
    private const int MaxTokensPerEvent = 100_000;

    private readonly CounterSeries _sent = axis.Counter();
    private readonly CounterSeries _completed = axis.Counter();
    private readonly SortedDictionary<Outcome, CounterSeries> _outcomes = [];
    private readonly HistogramSeries _ttft = axis.Histograms();
    private readonly HistogramSeries _e2e = axis.Histograms();
    private readonly HistogramSeries _tokenGap = axis.Histograms();

    public void Add(JournalEvent.Observation observation)
    {
        if (observation.Sent is { } sent)
        {
            _sent.Add(sent);
        }

        if (!_outcomes.TryGetValue(observation.Outcome, out var counter))
        {
            _outcomes.Add(observation.Outcome, counter = axis.Counter());
        }

        counter.Add(observation.Planned);
        foreach (var gap in observation.Gaps)
        {
            var tokens = Math.Clamp(gap.Tokens, 1, MaxTokensPerEvent);
            _tokenGap.Add(observation.Planned, gap.Nanos / tokens, tokens);
        }

        if (observation.Outcome == Outcome.Completed)
        {
            AddLatencies(observation);
        }
    }

    public TargetSeries Close(string name) => new()
    {
        Target = name,
        Sent = _sent.Close(),
        Completed = _completed.Close(),
        Outcomes = _outcomes.ToDictionary(outcome => outcome.Key, outcome => outcome.Value.Close()),
        Ttft = _ttft.Close(),
        E2e = _e2e.Close(),
        TokenGap = _tokenGap.Close(),
    };

    private void AddLatencies(JournalEvent.Observation observation)
    {
        _completed.Add(observation.Ended);
        if (observation.FirstToken is { } first)
        {
            _ttft.Add(observation.Planned, first - observation.Planned);
        }

        _e2e.Add(observation.Planned, (observation.LastToken ?? observation.Ended) - observation.Planned);
    }
}
