using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>The series over time of one target, or of one kind of its requests.</summary>
internal sealed class TargetFold(TimeAxis axis, int perOctave)
{
    private readonly CounterSeries _sent = axis.Counter();
    private readonly CounterSeries _completed = axis.Counter();
    private readonly SortedDictionary<Outcome, CounterSeries> _outcomes = [];
    private readonly HistogramSeries _ttft = axis.Histograms(perOctave);
    private readonly HistogramSeries _e2e = axis.Histograms(perOctave);
    private readonly HistogramSeries _tokenGap = axis.Histograms(perOctave);

    /// <param name="request">On this fold's axis, at its resolution.</param>
    public void Add(Placed request)
    {
        if (request.Sent >= 0)
        {
            _sent.AddTo(request.Sent);
        }

        if (!_outcomes.TryGetValue(request.Outcome, out var counter))
        {
            _outcomes.Add(request.Outcome, counter = axis.Counter());
        }

        counter.AddTo(request.Planned);
        if (request.Gaps.Count > 0)
        {
            var gaps = _tokenGap.At(request.Planned);
            for (var at = 0; at < request.Gaps.Count; at++)
            {
                gaps.AddTo(request.Gaps[at].Bin, request.Gaps[at].Nanos, request.Gaps[at].Times);
            }
        }

        if (request.Outcome == Outcome.Completed)
        {
            _completed.AddTo(request.Ended);
            Add(_ttft, request.Planned, request.Ttft);
            Add(_e2e, request.Planned, request.E2e);
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
        TtftHeat = _ttft.Heat(),
        E2eHeat = _e2e.Heat(),
    };

    private static void Add(HistogramSeries series, int bucket, Placed.Binned? latency)
    {
        if (latency is { } one)
        {
            series.At(bucket).AddTo(one.Bin, one.Nanos, one.Times);
        }
    }
}
