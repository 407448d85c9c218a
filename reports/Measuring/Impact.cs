using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Statistics;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// What one fault cost: requests planned from t_inj until t_rec (until it was lifted where nothing went bad, until the end of the watch where
/// it never recovered), against the baseline phase. What cannot be known is null. While two faults overlap, each is charged with all of it.
/// </summary>
public sealed record Impact
{
    private const double MinutesOf30Days = 30 * 24 * 60;

    /// <summary>From t_inj to t_rec, seconds; to the end of the watch when <see cref="IsCensored"/>.</summary>
    public required double Span { get; init; }

    /// <summary>It never recovered while it was watched: everything counted below is a lower bound.</summary>
    public required bool IsCensored { get; init; }

    /// <summary>Logical requests planned in the span; those that the run itself cancelled do not count.</summary>
    public required long Offered { get; init; }

    /// <summary>Of these, requests that did not meet every objective.</summary>
    public required long Bad { get; init; }

    /// <summary>Sum over windows of max(0, g0 x offered - good), g0 = share of good requests in the baseline phase; requests.</summary>
    public double? GoodputLost { get; init; }

    /// <summary>The same over g0 x offered.</summary>
    public double? GoodputLostShare { get; init; }

    /// <summary>The objective the budget is about, as a share of good requests; null when the scenario declares none.</summary>
    public double? Slo { get; init; }

    /// <summary>(bad / total in the span) / (1 - SLO).</summary>
    public double? BurnRate { get; init; }

    /// <summary>bad / offered rate: minutes of full outage that would cost as much, at this run's rate.</summary>
    public double? BudgetMinutes { get; init; }

    /// <summary>The same over the budget of 30 days, (1 - SLO) x 43 200 minutes.</summary>
    public double? BudgetShareOf30Days { get; init; }

    /// <summary>Selected over eligible units; null when none was eligible.</summary>
    public double? BlastIntended { get; init; }

    /// <summary>Bad share in the span less that of the baseline phase, not below zero.</summary>
    public double? BlastObserved { get; init; }

    /// <summary>Bad share of the requests that were no victims less that of the baseline phase. Null where victims are not known one by one.</summary>
    public double? BystanderHarm { get; init; }

    /// <summary>Requests that were no victims, while the fault was active.</summary>
    public long? Bystanders { get; init; }

    /// <summary>Extra bad victims over all extra bad requests while it was active; 1 is perfectly contained. Null when nobody was harmed.</summary>
    public double? Containment { get; init; }

    /// <summary>Attempts per logical request while it was active over those in the baseline phase. Null when nobody tells of attempts.</summary>
    public double? Amplification { get; init; }

    /// <summary>Tokens generated for requests that did not complete.</summary>
    public required long WastedTokens { get; init; }

    /// <summary>At the price of output tokens that the target declares, in its currency. Null: it declares none.</summary>
    public double? WastedCost { get; init; }

    /// <summary>Share of eligible units that it really changed, with Wilson's two-sided 95 % interval; null when none was eligible.</summary>
    public (double Observed, double Low, double High)? Exposure { get; init; }

    /// <summary>Null when it was never injected.</summary>
    internal static Impact? Of(FaultLog fault, Measurements run, SteadyState steady)
    {
        if (fault.InjectedAt is not { } injected)
        {
            return null;
        }

        var recovery = fault.Recovery;
        var cleared = Math.Min(fault.ClearedAt ?? long.MaxValue, steady.WatchedUntil);
        var never = recovery.ImpactAt is not null && recovery.RecoveredAt is null;
        var until = Math.Max(injected, never ? steady.WatchedUntil
            : recovery.ImpactAt is null ? cleared
            : Math.Min(recovery.RecoveredAt ?? cleared, steady.WatchedUntil));
        var slo = SloOf(run.Run);
        var span = Tally.Of(run, slo?.OfErrors == true, fault.Plan.Id, injected, until);
        var before = Tally.OfBaseline(run, slo?.OfErrors == true);
        var active = Tally.Of(run, slo?.OfErrors == true, fault.Plan.Id, injected, cleared);
        var seconds = Nanos.ToSeconds(until - injected);
        var lost = before.GoodShare is { } usual ? Lost(run, steady, usual, injected, until) : null;
        return new Impact
        {
            Span = seconds,
            IsCensored = never,
            Offered = span.Offered,
            Bad = span.Bad,
            GoodputLost = lost?.Requests,
            GoodputLostShare = lost is { Expected: > 0 } some ? some.Requests / some.Expected : null,
            Slo = slo?.Share,
            BurnRate = slo is { Share: < 1 } limit && span.BadShare is { } share ? share / (1 - limit.Share) : null,
            BudgetMinutes = span.Offered > 0 ? span.Bad * seconds / span.Offered / 60 : null,
            BudgetShareOf30Days = slo is { Share: < 1 } budget && span.Offered > 0
                ? span.Bad * seconds / span.Offered / 60 / ((1 - budget.Share) * MinutesOf30Days) : null,
            BlastIntended = fault.Eligible > 0 ? (double)fault.Selected / fault.Eligible : null,
            BlastObserved = span.BadShare - before.BadShare is { } more ? Math.Max(0, more) : null,
            Amplification = Attempts.Amplification(run, injected, cleared),
            WastedTokens = span.WastedTokens,
            WastedCost = run.Run.OutputPrice is { } price ? span.WastedTokens * price / 1e6 : null,
            Exposure = Wilson.TwoSided(fault.Applied, fault.Eligible) is { } bounds
                ? ((double)fault.Applied / fault.Eligible, bounds.Low, bounds.High) : null,
        }.With(fault, active, before);
    }

    private Impact With(FaultLog fault, Tally active, Tally before)
    {
        if (!KnowsVictims(fault.Plan.Scope) || before.BadShare is not { } usual)
        {
            return this;
        }

        var others = active.Offered - active.Victims;
        var extra = active.Bad - (usual * active.Offered);
        return this with
        {
            Bystanders = others,
            BystanderHarm = others > 0 ? ((double)(active.Bad - active.BadVictims) / others) - usual : null,
            Containment = extra > 0 ? Math.Clamp((active.BadVictims - (usual * active.Victims)) / extra, 0, 1) : null,
        };
    }

    /// <summary>Where a replica or a host is hit, any request may be a victim.</summary>
    private static bool KnowsVictims(FaultScope scope) => scope is FaultScope.Attempt or FaultScope.Request or FaultScope.Session
        or FaultScope.Connection or FaultScope.Stream or FaultScope.Chunk;

    private static (double Requests, double Expected)? Lost(Measurements run, SteadyState steady, double usual, long from, long until)
    {
        var (lost, expected) = (0.0, 0.0);
        for (var start = from; start < until; start += steady.Window)
        {
            var window = Tally.Of(run, ofErrors: false, "", start, Math.Min(until, start + steady.Window));
            expected += usual * window.Offered;
            lost += Math.Max(0, (usual * window.Offered) - window.Good);
        }

        return expected > 0 ? (lost, expected) : null;
    }

    /// <summary>What the scenario promises of good requests: attainment, else errors; the steady state before the gates.</summary>
    internal static (double Share, bool OfErrors)? SloOf(JournalEvent.RunStarted run)
    {
        var absolute = run.SteadyState.Concat(run.Gates)
            .Where(objective => objective.LimitKind == LimitKind.Absolute && objective.Cohort.Count == 0).ToList();
        return absolute.Find(objective => objective.Metric == MetricId.Attainment) is { } attainment ? (attainment.Limit, false)
            : absolute.Find(objective => objective.Metric == MetricId.ErrorRate) is { } errors ? (1 - errors.Limit, true)
            : null;
    }

    /// <summary>The candidate's requests of a span, counted in one pass: those of a long run are unpacked each time.</summary>
    private sealed class Tally
    {
        public long Offered { get; private set; }
        public long Good { get; private set; }
        public long Bad { get; private set; }
        public long Victims { get; private set; }
        public long BadVictims { get; private set; }
        public long WastedTokens { get; private set; }
        public double? GoodShare => Offered == 0 ? null : (double)Good / Offered;
        public double? BadShare => Offered == 0 ? null : (double)Bad / Offered;

        public static Tally Of(Measurements run, bool ofErrors, string fault, long from, long until) =>
            new Tally().Add(run.Requests.PlannedBetween(from, Math.Max(from, until)), run, ofErrors, fault);

        public static Tally OfBaseline(Measurements run, bool ofErrors) =>
            new Tally().Add(run.In(new Slice(run.Candidate, Phase.Baseline)), run, ofErrors, "");

        private Tally Add(IEnumerable<Request> requests, Measurements run, bool ofErrors, string fault)
        {
            foreach (var request in requests)
            {
                if (request.Target != run.Candidate || request.Censored || request.Phase == Phase.WarmUp)
                {
                    continue;
                }

                var bad = ofErrors ? !request.Completed : !request.Good;
                var victim = request.Faults.Contains(fault);
                Offered++;
                Good += request.Good ? 1 : 0;
                Bad += bad ? 1 : 0;
                Victims += victim ? 1 : 0;
                BadVictims += victim && bad ? 1 : 0;
                WastedTokens += request.Completed ? 0 : request.OutputTokens;
            }

            return this;
        }
    }
}
