using System.Text.Json;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Html;

/// <summary>A made-up run: traffic in two prompt sets, a lost node with a latency bump, graded answers. The seed fixes all of it.</summary>
internal sealed record SampleRun
{
    public ulong Seed { get; init; } = 20261120;
    public double PerSecond { get; init; } = 40;
    public int FaultSeconds { get; init; } = 20;

    /// <summary>Chance of a right answer: 0.97 passes the gate, 0.4 does not.</summary>
    public double Accuracy { get; init; } = 0.97;

    /// <summary>Share of requests that fail while the fault is active; 1 fails all of them, always.</summary>
    public double Failing { get; init; } = 0.12;

    public bool WithBaseline { get; init; }

    /// <summary>Put into every name and text that a run can hold.</summary>
    public string Hostile { get; init; } = "";

    /// <summary>Languages, temperatures and batch sizes.</summary>
    public int Kinds { get; init; } = 3;

    /// <summary>Goes behind every prompt and answer: megabytes of it, for example.</summary>
    public string Flood { get; init; } = "";

    private const long Ms = Nanos.PerMillisecond;
    private const long S = Nanos.PerSecond;

    private const long FaultStart = 25 * S;
    private long FaultEnd => FaultStart + FaultSeconds * S / 2;
    private long End => (25 + FaultSeconds + 15) * S;

    private string Candidate => (WithBaseline ? "triage-v2" : "triage-v1") + Hostile;

    public IEnumerable<JournalEvent> Events()
    {
        var coins = new SplitMix64(Seed);
        var gap = (long)(S / PerSecond);
        var arrivals = (int)(End / gap);
        yield return Start(arrivals);
        for (var second = 0; second < End / S; second++)
        {
            yield return new JournalEvent.GeneratorSample
            {
                At = second * S, InFlight = (int)(PerSecond / 5) + coins.Next(4) + (InFault(second * S) ? 14 : 0),
                ProcessCpu = 1.2 + 0.3 * coins.NextDouble(), GcPause = coins.Next(3) * Ms, ThreadPoolQueue = 0, Memory = 400_000_000L + second * 200_000L,
            };
        }

        foreach (var told in Fault())
        {
            yield return told;
        }

        for (var arrival = 0; arrival < arrivals; arrival++)
        {
            var seen = Request(arrival, arrival * gap, coins);
            yield return seen;
            if (seen.Outcome == Outcome.Completed && seen.Cohort.Grader != GraderKind.None)
            {
                var right = coins.NextDouble() < Accuracy;
                yield return Score(seen, "accuracy", right ? 1 : 0);
                yield return Score(seen, "valid_json", right || coins.NextDouble() < 0.9 ? 1 : 0);
            }
        }

        yield return new JournalEvent.Note { At = FaultStart + 3 * S, Text = "operator: pager went off" + Hostile };
        yield return new JournalEvent.RunEnded { At = End + S, Ending = RunEnding.Completed, Healed = HealState.Verified };
    }

    public Summary Judged() => Judge.Decide(Measurements.Fold(Events()), new RunFacts());

    /// <summary>The finished run with its manifest and texts, as a run folder would give it.</summary>
    public RunReport Run(Summary? summary = null) =>
        new(Manifest(), Measurements.Fold(Events()), summary ?? Judged(), Events()) { Content = Texts() };

    public string Report(Summary? summary = null) => new HtmlFile().Render(Run(summary));

    private Manifest Manifest() => new()
    {
        ToolVersion = "0.1.0" + Hostile, StartedUtc = new DateTimeOffset(2026, 11, 20, 14, 0, 0, TimeSpan.Zero), Scenario = "steady-with-mischief" + Hostile,
        ScenarioFile = "scenarios.yaml" + Hostile, ScenarioSha256 = "9f2c4be0d1", Seed = Seed, PlanSha256 = "b1946ac92492d2347c6235b4d2611184",
        ResolvedScenario = JsonSerializer.SerializeToElement(new
        {
            // Lone surrogates have no JSON; a scenario file cannot hold them.
            description = "Recorded tickets with a tenth of hostile prompts, while one of two replicas is lost." + Hostile.Replace("\uD800", "", StringComparison.Ordinal),
        }),
        Targets =
        [
            new TargetEntry("candidate", Candidate, "onnx", "scenarios/models/triage-v2" + Hostile, Facts("41d0c6cf8a52b1f7e3")),
            .. WithBaseline ? new[] { new TargetEntry("baseline", "triage-v1", "onnx", "scenarios/models/triage-v1", Facts("77aa01cf8a52b1f7e3")) } : [],
        ],
        Files = new Dictionary<string, string> { ["scenarios/recorded/tickets.jsonl" + Hostile] = "77ab" },
        Machine = new MachineFacts("Debian 12", "x64", "10.0.0", "a processor" + Hostile, 2, 8L << 30),
        ReplayCommand = $"chaosbench run scenarios.yaml --scenario steady-with-mischief --seed {Seed}{Hostile}",
    };

    private Dictionary<string, string> Facts(string sha256) => new(StringComparer.Ordinal)
    {
        ["model sha-256"] = sha256, ["device"] = "cpu, 1 thread a replica", ["fact" + Hostile] = sha256 + Hostile,
    };

    /// <summary>Prompts and answers; every answer differs from the expected one.</summary>
    private IEnumerable<ContentLine> Texts() => Events().OfType<JournalEvent.Observation>().Where(one => one.Cohort.Grader != GraderKind.None).Take(200).Select(one =>
        new ContentLine
        {
            Arrival = one.Arrival, Key = $"tickets/t{one.Arrival}{Hostile}", Target = one.Target, Outcome = one.Outcome,
            Messages = [new ContentMessage("user", "where is my desk lamp, order A-12345" + Hostile + Flood)],
            Output = """{"intent":"refund","order":"A-12345","product":"desk lamp"}""" + Hostile + Flood,
            Expected = """{"intent":"late","order":"A-12345","product":"desk lamp"}""",
        });

    private JournalEvent.RunStarted Start(int arrivals) => new()
    {
        At = 0, Schema = 1, ToolVersion = "0.1.0", StartedUtc = new DateTimeOffset(2026, 11, 20, 14, 0, 0, TimeSpan.Zero),
        Scenario = "steady-with-mischief" + Hostile, Seed = Seed, PlanSha256 = "b1946ac92492d2347c6235b4d2611184", OpenWorkload = true,
        Phases =
        [
            new(Phase.WarmUp, 0, 5 * S), new(Phase.Baseline, 5 * S, FaultStart), new(Phase.Fault, FaultStart, FaultStart + FaultSeconds * S),
            new(Phase.Recovery, FaultStart + FaultSeconds * S, End),
        ],
        Faults =
        [
            new("node-loss" + Hostile, "node.kill", Vantage.Server, FaultScope.Replica, Fidelity.Real, 1, FaultStart, FaultEnd, 2, 10, 1),
        ],
        Targets = WithBaseline
            ? new Dictionary<string, string> { ["candidate"] = Candidate, ["baseline"] = "triage-v1" }
            : new Dictionary<string, string> { ["candidate"] = Candidate },
        OutputPrice = 0.6,
        Objectives = new RequestObjectives(TimeSpan.FromMilliseconds(800), TimeSpan.FromSeconds(3)),
        SteadyState = [Objective("p99 ttft < 800ms", MetricId.Ttft, 99, Comparison.Less, 0.8)],
        Gates =
        [
            Objective("p99 ttft < 800ms in baseline", MetricId.Ttft, 99, Comparison.Less, 0.8) with { Phase = Phase.Baseline },
            Objective("attainment >= 90%", MetricId.Attainment, null, Comparison.GreaterOrEqual, 0.9),
            Objective("error_rate <= 5%", MetricId.ErrorRate, null, Comparison.LessOrEqual, 0.05),
            Objective("accuracy >= 0.9" + Hostile, MetricId.Accuracy, null, Comparison.GreaterOrEqual, 0.9),
        ],
        PlannedArrivals = arrivals,
        PlannedPerSecond = [.. Enumerable.Repeat((int)PerSecond, (int)(End / S))],
    };

    private static Objective Objective(string text, MetricId metric, double? percent, Comparison comparison, double limit) => new()
    {
        Text = text, Metric = metric, Comparison = comparison, Limit = limit,
        Aggregation = percent is { } p ? new Aggregation(AggregationKind.Percentile, p) : new Aggregation(AggregationKind.Value),
    };

    private IEnumerable<JournalEvent> Fault()
    {
        JournalEvent At(long at, FaultState state) => new JournalEvent.FaultTransition { At = at, Fault = "node-loss" + Hostile, State = state };
        yield return At(FaultStart, FaultState.Ordered);
        yield return At(FaultStart + 20 * Ms, FaultState.Active);
        yield return new JournalEvent.Injection { At = FaultStart + 20 * Ms, Fault = "node-loss" + Hostile, Key = "replica-1", Kind = InjectionKind.Eligible };
        yield return new JournalEvent.Injection { At = FaultStart + 20 * Ms, Fault = "node-loss" + Hostile, Key = "replica-1", Kind = InjectionKind.Selected };
        yield return new JournalEvent.Injection { At = FaultStart + 20 * Ms, Fault = "node-loss" + Hostile, Key = "replica-1", Kind = InjectionKind.Applied };
        yield return new JournalEvent.Detection { At = FaultStart + 340 * Ms, By = "router", What = "replica-lost", Target = Candidate, Replica = 1 };
        for (var at = FaultStart + 400 * Ms; at < FaultEnd; at += 700 * Ms)
        {
            yield return new JournalEvent.Detection { At = at, By = "router", What = "failed-over", Target = Candidate, Request = "r1" };
        }

        yield return At(FaultEnd, FaultState.Cleared);
        yield return new JournalEvent.Detection { At = FaultEnd + 900 * Ms, By = "router", What = "replica-ready", Target = Candidate, Replica = 1 };
        yield return At(FaultEnd + S, FaultState.Healed);
    }

    private JournalEvent.Observation Request(int arrival, long planned, SplitMix64 coins)
    {
        var mischief = coins.NextDouble() < 0.15;
        var stream = coins.NextDouble() < 0.8;
        var hit = InFault(planned) && coins.NextDouble() < 0.5;
        var fails = Failing >= 1 || (hit && coins.NextDouble() < Failing * 2) || coins.NextDouble() < 0.002;
        var slow = (hit ? 2.6 : 1) * (mischief ? 1.4 : 1) * (WithBaseline && arrival % 2 == 0 ? 0.8 : 1);
        var sent = planned + 200_000 + coins.Next(900_000);
        var first = sent + (long)((60 + 45 * coins.NextExponential()) * slow * Ms);
        var tokens = 20 + coins.Next(24);
        var gaps = Enumerable.Range(1, tokens - 1).Select(_ => new TokenGap((long)((6 + 3 * coins.NextExponential()) * slow * Ms), 1)).ToList();
        var last = first + gaps.Sum(gap => gap.Nanos);
        return new JournalEvent.Observation
        {
            At = last, Arrival = arrival, Target = WithBaseline && arrival % 2 == 0 ? "triage-v1" : Candidate,
            Phase = PhaseAt(planned), Block = 0, PromptId = $"t{arrival % 200}", Planned = planned, Sent = sent,
            FirstToken = stream && !fails ? first : null, LastToken = fails ? null : last, Ended = fails ? sent + 40 * Ms : last,
            Outcome = fails ? arrival % 3 == 0 ? Outcome.Overloaded : arrival % 3 == 1 ? Outcome.Reset : Outcome.TimedOut : Outcome.Completed,
            Reason = fails ? "replica 1 was lost while it served" + Hostile : null, Status = fails ? 503 : 200,
            OutputTokens = fails ? null : tokens, FirstEventTokens = fails ? null : 1, Gaps = stream && !fails ? gaps : [],
            Faults = hit ? ["node-loss" + Hostile] : [], PromptSha256 = "",
            Cohort = new Cohort(
                (mischief ? "mischief" : "tickets") + Hostile, Kinds > 3 ? coins.Next(Kinds) * 0.05 : coins.Next(2) * 0.7, 48, stream, Kinds > 3 ? 1 + coins.Next(Kinds) : 1, PromptRole.Traffic,
                mischief ? GraderKind.None : GraderKind.JsonFields,
                new Dictionary<string, string> { ["language"] = Kinds > 3 ? $"language {coins.Next(Kinds)}" : new[] { "en", "de", "ja" }[coins.Next(3)] }),
        };
    }

    private bool InFault(long at) => at >= FaultStart && at < FaultEnd + 2 * S;

    private Phase PhaseAt(long at) =>
        at < 5 * S ? Phase.WarmUp : at < FaultStart ? Phase.Baseline : at < FaultStart + FaultSeconds * S ? Phase.Fault : Phase.Recovery;

    private static JournalEvent.Score Score(JournalEvent.Observation seen, string grader, double value) =>
        new() { At = seen.At, Arrival = seen.Arrival, Grader = grader, Value = value };
}
