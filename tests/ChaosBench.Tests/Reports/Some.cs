using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports;

/// <summary>Journals by hand: events with everything filled in that a test does not care about.</summary>
internal static class Some
{
    public const string Candidate = "candidate-v2";
    public const string Baseline = "stable-v1";

    public static long S(double seconds) => Nanos.FromSeconds(seconds);

    public static Cohort Cohort(
        bool stream = true, PromptRole role = PromptRole.Traffic, GraderKind grader = GraderKind.None, double temperature = 0,
        string prompts = "tickets", params (string, string)[] tags) =>
        new(prompts, temperature, 48, stream, 1, role, grader, tags.ToDictionary(tag => tag.Item1, tag => tag.Item2));

    /// <summary>Baseline 0 to 20 s, fault 20 to 40 s, recovery 40 to 60 s.</summary>
    public static JournalEvent.RunStarted Run(params string[] gates) => new()
    {
        At = 0,
        Schema = JournalFile.CurrentSchema,
        ToolVersion = "0.1.0",
        StartedUtc = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        Scenario = "steady",
        Seed = 42,
        PlanSha256 = new string('a', 64),
        OpenWorkload = true,
        Phases =
        [
            new PhaseWindow(Phase.Baseline, 0, S(20)), new PhaseWindow(Phase.Fault, S(20), S(40)),
            new PhaseWindow(Phase.Recovery, S(40), S(60)),
        ],
        Faults = [],
        Targets = new Dictionary<string, string> { ["candidate"] = Candidate },
        Objectives = new RequestObjectives(),
        SteadyState = [],
        Gates = [.. gates.Select(Gate)],
    };

    /// <summary>A request of 400 ms with its first token after 100 ms and 5 tokens, planned at <paramref name="at"/>.</summary>
    public static JournalEvent.Observation Request(int arrival, double at, Outcome outcome = Outcome.Completed, double ttft = 0.1) => new()
    {
        At = S(at) + S(ttft) + S(0.3),
        Arrival = arrival,
        Target = Candidate,
        Phase = at < 20 ? Phase.Baseline : at < 40 ? Phase.Fault : Phase.Recovery,
        Block = 0,
        Cohort = Cohort(),
        PromptId = "p1",
        Planned = S(at),
        Sent = S(at) + S(0.001),
        FirstToken = outcome == Outcome.Completed ? S(at) + S(ttft) : null,
        LastToken = outcome == Outcome.Completed ? S(at) + S(ttft) + S(0.3) : null,
        Ended = S(at) + S(ttft) + S(0.3),
        Outcome = outcome,
        Reason = outcome == Outcome.Completed ? null : "it broke",
        OutputTokens = outcome == Outcome.Completed ? 5 : null,
        FirstEventTokens = outcome == Outcome.Completed ? 1 : null,
        Gaps = outcome == Outcome.Completed ? [new(S(0.1), 1), new(S(0.1), 2), new(S(0.1), 1)] : [],
        PromptSha256 = new string('b', 64),
    };

    /// <summary><paramref name="count"/> requests spread evenly over the 60 seconds, made by <paramref name="make"/> from number and time.</summary>
    public static IEnumerable<JournalEvent> Requests(int count, Func<int, double, JournalEvent.Observation>? make = null) =>
        Enumerable.Range(0, count).Select(arrival => (make ?? ((number, at) => Request(number, at)))(arrival, arrival * 60.0 / count));

    public static JournalEvent.Score Score(int arrival, double? value, string grader = "accuracy") =>
        new() { At = S(61), Arrival = arrival, Grader = grader, Value = value };

    public static JournalEvent.RunEnded End(
        RunEnding ending = RunEnding.Completed, HealState healed = HealState.NotNeeded, string? reason = null) =>
        new() { At = S(61), Ending = ending, Healed = healed, Reason = reason };

    public static PlannedFaultInfo Fault(string id = "kill-1", string kind = "node.kill", double start = 20, double end = 30) => new(
        id, kind, Vantage.Server, FaultScope.Replica, Fidelity.Real, 1, S(start), S(end), null, null, 1);

    /// <summary>A fault's whole way: due, in place, one victim, lifted, verified.</summary>
    public static IEnumerable<JournalEvent> Broken(string id = "kill-1", double start = 20, double end = 30)
    {
        yield return Moved(id, FaultState.Ordered, start);
        yield return Moved(id, FaultState.Active, start + 0.01);
        yield return Met(id, InjectionKind.Eligible, start + 0.02);
        yield return Met(id, InjectionKind.Selected, start + 0.02);
        yield return Met(id, InjectionKind.Applied, start + 0.02);
        yield return Moved(id, FaultState.Cleared, end - 0.01);
        yield return Moved(id, FaultState.Healed, end);
    }

    public static JournalEvent.FaultTransition Moved(string id, FaultState state, double at) =>
        new() { At = S(at), Fault = id, State = state };

    public static JournalEvent.Injection Met(string id, InjectionKind kind, double at, string key = "replica-1") =>
        new() { At = S(at), Fault = id, Key = key, Kind = kind };

    public static JournalEvent.Detection Noticed(
        double at, string by = "router", string what = "replica-lost", int? replica = 1, string? request = null) =>
        new() { At = S(at), By = by, What = what, Target = Candidate, Replica = replica, Request = request };

    public static Measurements Fold(JournalEvent.RunStarted run, params IEnumerable<JournalEvent>[] parts) =>
        Measurements.Fold([run, .. parts.SelectMany(part => part), End(healed: run.Faults.Count > 0 ? HealState.Verified : HealState.NotNeeded)]);

    public static Manifest Manifest(string scenario, string? policy = null) => new()
    {
        ToolVersion = "0.1.0",
        StartedUtc = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        Scenario = scenario,
        ScenarioFile = "scenarios.yaml",
        ScenarioSha256 = new string('c', 64),
        Seed = 42,
        PlanSha256 = new string('a', 64),
        Targets = [new TargetEntry("candidate", Candidate, "onnx", "scenarios/models/triage-v2", new Dictionary<string, string> { ["model.sha256"] = "d" })],
        Machine = new MachineFacts("Linux", "x64", "10.0", null, 2, null),
        InconclusivePolicy = policy,
    };

    /// <summary>
    /// The little of the gate language that these tests need: <c>[aggregation] metric comparison limit [vs baseline]</c>, limits in base units.
    /// </summary>
    public static Objective Gate(string text)
    {
        var versus = text.EndsWith(" vs baseline", StringComparison.Ordinal);
        var words = text.Replace(" vs baseline", "", StringComparison.Ordinal).Split(' ');
        var metric = Enum.GetValues<MetricId>().Single(id => Metrics.NameOf(id) == words[^3]);
        var aggregation = words.Length < 4 ? new Aggregation(AggregationKind.Value)
            : words[0].StartsWith('p') ? new Aggregation(AggregationKind.Percentile, double.Parse(words[0][1..]))
            : new Aggregation(Enum.Parse<AggregationKind>(words[0], ignoreCase: true));
        var relative = versus && words[^1].EndsWith('%');
        return new Objective
        {
            Text = text,
            Metric = metric,
            Aggregation = aggregation,
            Comparison = words[^2] switch
            {
                "<" => Comparison.Less, "<=" => Comparison.LessOrEqual, ">" => Comparison.Greater, _ => Comparison.GreaterOrEqual,
            },
            Limit = words[^1].EndsWith('%') ? double.Parse(words[^1].TrimEnd('%')) / 100 : double.Parse(words[^1]),
            LimitKind = relative ? LimitKind.RelativeToBaseline : versus ? LimitKind.DifferenceToBaseline : LimitKind.Absolute,
        };
    }
}
