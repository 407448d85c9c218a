using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Capacity;

/// <summary>
/// Watches one probe while it runs and says when it has seen enough. Requests are judged in planned order, each when its fate is
/// known; one that is still under way after its end-to-end limit is bad. Pure: it is told what happens and what time it is. Not
/// thread-safe.
/// </summary>
/// <param name="planned">Planned instants of the arrivals in order, nanoseconds; the place is the arrival's index.</param>
public sealed class ProbeMeter(ProbeRules rules, IReadOnlyList<long> planned)
{
    /// <summary>An overloaded target is watched this long, so that its latencies are known too.</summary>
    private const long SeenOverloaded = 2 * Nanos.PerSecond;

    private readonly Fate[] _fates = new Fate[planned.Count];
    private readonly Request?[] _requests = new Request?[planned.Count];
    private readonly SortedDictionary<Outcome, int> _outcomes = [];
    private readonly List<double> _lags = [];
    private readonly List<double> _busy = [];
    private readonly Backlog _backlog = new();
    private readonly Bursts _bursts = new();
    private int _next;
    private int _first = -1;
    private int _bad;
    private int _judged;
    private int _delivered;
    private long _now;

    private enum Fate : byte
    {
        Waiting,
        Good,
        Bad,
        Censored,
    }

    /// <summary>What was decided, once it was.</summary>
    public ProbeDecision? Decision { get; private set; }

    public int Judged => _judged;

    public int Good => _judged - _bad;

    public int InFlight => _backlog.InFlight;

    /// <summary>A request goes out.</summary>
    public void Sent() => _backlog.Sent();

    /// <summary>What the generator sees of itself.</summary>
    public void Sample(JournalEvent.GeneratorSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample is { EngineBusy: { } busy } && sample.At >= rules.WarmUp)
        {
            _busy.Add(busy);
        }
    }

    /// <summary>A request has its outcome.</summary>
    /// <param name="accuracy">Its grade, if it has one.</param>
    public void Ended(JournalEvent.Observation seen, double? accuracy)
    {
        ArgumentNullException.ThrowIfNull(seen);
        if (seen.Sent is not null)
        {
            _backlog.Ended();
        }

        if (Decision is not null || seen.Outcome == Outcome.NotSent || _fates[seen.Arrival] != Fate.Waiting)
        {
            return;
        }

        var request = new Request(RawRequest.Of(seen, seen.Cohort))
        {
            Accuracy = accuracy ?? (seen.Cohort.Grader == Scenarios.Model.GraderKind.None ? null : 0),
        };
        _requests[seen.Arrival] = request;
        _fates[seen.Arrival] = request.Censored ? Fate.Censored : MetricValues.IsGood(request, rules.Objectives) ? Fate.Good : Fate.Bad;
        if (seen.Planned >= rules.WarmUp)
        {
            _delivered += _fates[seen.Arrival] == Fate.Good && seen.Ended <= rules.WarmUp + rules.Most ? 1 : 0;
            _outcomes[seen.Outcome] = _outcomes.GetValueOrDefault(seen.Outcome) + 1;
            if (request.DispatchLag is { } lag)
            {
                _lags.Add(lag);
            }
        }
    }

    /// <summary>Looks at the probe at <paramref name="now"/>; null: it goes on. The first decision stays.</summary>
    public ProbeDecision? Look(long now)
    {
        if (Decision is null)
        {
            _now = now;
            Advance(now - rules.Horizon, at => !Overdue(at, now));
            _backlog.Look(now, now >= rules.WarmUp);
            Decision = now < rules.WarmUp ? null : Early(now);
        }

        return Decision;
    }

    /// <summary>Nothing more will come: all requests ended.</summary>
    public ProbeDecision Close(long now)
    {
        if (Decision is null)
        {
            var grew = _backlog.Grows;
            _now = now;
            // Every fate is known, however long its limit.
            Advance(long.MaxValue, _ => false);
            Decision = Final(grew);
        }

        return Decision;
    }

    /// <summary>It was cut short from outside.</summary>
    public ProbeDecision Stop(string why) => Decision ??= new ProbeDecision(ProbeVerdict.Stopped, why);

    /// <param name="rate">Asked for, per second.</param>
    public CapacityProbe Result(double rate)
    {
        var requests = _first < 0 ? [] : Enumerable.Range(_first, Math.Max(0, _next - _first)).Where(at => _fates[at] != Fate.Censored).ToList();
        var seconds = Nanos.ToSeconds(Math.Max(0, Math.Min(_now, rules.WarmUp + rules.Most) - rules.WarmUp));
        return new CapacityProbe
        {
            Rate = rate,
            Verdict = (Decision ?? Stop("it was not looked at")).Verdict,
            Why = Decision!.Why,
            Seconds = seconds,
            Attempted = _judged,
            Good = Good,
            Attainment = _judged > 0 ? (double)Good / _judged : null,
            AttainmentLow = Wilson.TwoSided(Good, _judged)?.Low,
            AttainmentHigh = Wilson.TwoSided(Good, _judged)?.High,
            Goodput = seconds > 0 && _judged > 0 ? _delivered / seconds : null,
            Ttft = Summary(requests, request => request.Ttft, streamedOnly: true),
            E2e = Summary(requests, request => request.E2e, streamedOnly: false),
            DispatchLag = _lags.Count > 0 ? Summaries.Of(new Distribution(_lags)) : null,
            QueueGrowth = _backlog.Growth,
            Outcomes = _outcomes.ToDictionary(pair => Verdicts.Kebab.Of(pair.Key), pair => pair.Value),
        };
    }

    /// <summary>Moves over the requests whose fate is known, stopping at the first whose is not.</summary>
    private void Advance(long until, Func<long, bool> open)
    {
        for (; _next < planned.Count && planned[_next] <= until; _next++)
        {
            if (_fates[_next] == Fate.Waiting && open(planned[_next]))
            {
                return;
            }

            if (planned[_next] < rules.WarmUp)
            {
                continue;
            }

            _first = _first < 0 ? _next : _first;
            if (_fates[_next] == Fate.Censored)
            {
                continue;
            }

            _judged++;
            _bad += _fates[_next] == Fate.Good ? 0 : 1;
            _bursts.Add(planned[_next], _fates[_next] != Fate.Good);
        }
    }

    private bool Overdue(long at, long now) => rules.Objectives.E2e is { } limit && now - at > Nanos.From(limit);

    private ProbeDecision? Early(long now)
    {
        if (_backlog.Runs && now - rules.WarmUp - rules.Horizon >= SeenOverloaded)
        {
            return new ProbeDecision(ProbeVerdict.Fails, $"saturated: {_backlog.Words()}");
        }

        return Decide() switch
        {
            // A queue that grows is the target's, however late the requests were sent that it consists of.
            SprtDecision.AtLeastP1 => (_backlog.Grows ? null : Limited(now)) ?? Missed(),
            SprtDecision.AtMostP0 when Earned(now) && !_backlog.Grows => Limited(now) ?? Held(),
            _ => null,
        };
    }

    private ProbeDecision Final(bool grew)
    {
        if (grew)
        {
            return new ProbeDecision(ProbeVerdict.Fails, $"saturated: {_backlog.Words()}");
        }

        return Limited(long.MaxValue) ?? Decide() switch
        {
            SprtDecision.AtLeastP1 => Missed(),
            SprtDecision.AtMostP0 => Held(),
            _ => Narrow(),
        };
    }

    /// <summary>
    /// The time is up before the test is through: the sign of the ratio decides (Wald's truncated test), as long as there were
    /// enough requests for any pass at all.
    /// </summary>
    private ProbeDecision Narrow() => _judged < rules.Test.ShortestAcceptance
        ? new ProbeDecision(ProbeVerdict.Undecided, string.Create(CultureInfo.InvariantCulture,
            $"{Seen()}, and it takes {rules.Test.ShortestAcceptance} requests to tell; ask for a longer --probe"))
        : rules.Test.LogLikelihoodRatio(_bad, _judged) <= 0
            ? new ProbeDecision(ProbeVerdict.Holds, $"{Seen()} (narrowly, when the time was up)")
            : new ProbeDecision(ProbeVerdict.Fails, $"{Seen()} (narrowly, when the time was up)");

    /// <summary>Bad requests come together when a queue is long, so they count for fewer than they are.</summary>
    private SprtDecision Decide()
    {
        var effect = _bursts.DesignEffect;
        return rules.Test.Decide(_bad / effect, _judged / effect);
    }

    private bool Earned(long now) => now - rules.WarmUp - rules.Horizon >= rules.Least && _judged >= rules.LeastRequests;

    private ProbeDecision Held() => new(ProbeVerdict.Holds, Seen());

    private ProbeDecision Missed() => new(ProbeVerdict.Fails, Seen());

    /// <summary>Whether the generator did what was planned; null: it did.</summary>
    private ProbeDecision? Limited(long now)
    {
        if (new Distribution(_lags).Quantile(0.99) is { } lag && lag > rules.LagLimit)
        {
            return new ProbeDecision(ProbeVerdict.GeneratorLimited,
                $"the generator was late: p99 dispatch lag {Wording.Duration(lag)}, at most {Wording.Duration(rules.LagLimit)} is allowed");
        }

        if (_busy.Count > 0 && _busy.Average() > ProbeRules.BusiestEngine)
        {
            return new ProbeDecision(ProbeVerdict.GeneratorLimited, $"the engine's own threads were busy {Wording.Percent(_busy.Average())} of the time");
        }

        var due = planned.Count(at => at <= now);
        var share = due > 0 ? (double)_backlog.AllSent / due : 1;
        return due - _backlog.AllSent > 1 && share < ProbeRules.AchievedFloor
            ? new ProbeDecision(ProbeVerdict.GeneratorLimited,
                $"the generator sent {Wording.Percent(share)} of what was due, at least {Wording.Percent(ProbeRules.AchievedFloor)} is asked")
            : null;
    }

    private string Seen() => string.Create(CultureInfo.InvariantCulture,
        $"{Good} of {_judged} requests were good, {Wording.Percent(_judged > 0 ? (double)Good / _judged : 0)}; {Wording.Percent(rules.Attainment)} is asked");

    /// <summary>Failed and overdue requests are infinitely late. Null: the metric does not exist here.</summary>
    private Verdicts.MetricSummary? Summary(List<int> requests, Func<Request, double?> metric, bool streamedOnly)
    {
        var any = _requests.FirstOrDefault(request => request is not null);
        if (streamedOnly && any is not { Cohort.Stream: true } && _requests.All(request => request is not { Cohort.Stream: true }))
        {
            return null;
        }

        var values = requests.Select(at => _requests[at] is { } request ? metric(request) : double.PositiveInfinity).OfType<double>().ToList();
        return values.Count > 0 ? Summaries.Of(new Distribution(values)) : null;
    }
}
