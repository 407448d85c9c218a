using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What only the whole scenario shows: parts that are right alone and wrong together.</summary>
internal static class ScenarioChecks
{
    public static void Check(Scenario scenario, IReadOnlyList<FaultLine> faults, IReadOnlyList<Placed<Objective>> objectives,
        Reading reading)
    {
        foreach (var line in faults)
        {
            CheckFault(scenario, line, reading);
        }

        foreach (var (objective, place) in objectives)
        {
            if (WrongIn(scenario, objective) is { } flaw)
            {
                reading.Report(place, flaw.Wrong, flaw.Right);
            }
        }
    }

    private static void CheckFault(Scenario scenario, FaultLine line, Reading reading)
    {
        var served = new[] { scenario.Candidate, scenario.Baseline }.OfType<Target.Onnx>().ToList();
        var isServerSide = line.Kind.Vantage == Vantage.Server;
        if (line.Kind.Vantage == Vantage.Client && scenario.ClientPolicy is null)
        {
            reading.Report(line.Place, $"{line.Kind.Name} acts in the client, and the scenario declares no clientPolicy: there is nothing that it could test",
                "add clientPolicy: { retries: 2 } to the scenario, or use a fault before the client: http.503, connection.reset");
        }

        if (NodeVictims.FlawOf(scenario, line) is { } misplaced)
        {
            reading.Report(line.SelectPlace, misplaced.Wrong, misplaced.Right);
        }
        else if (NodeVictims.ActsOutside(scenario, line) || NodeVictims.IsProxied(scenario, line.Fault))
        {
            // Whatever the target is: the fault is told whom to hit.
        }
        else if (isServerSide && served.Count == 0 && !(line.Kind.Class == "resource" && NodeVictims.StartedBy(scenario).Count > 0))
        {
            reading.Report(
                line.Place,
                $"{line.Kind.Name} acts inside the server, and the target {Shown.Quoted(scenario.Candidate.Name)} is remote",
                "use a target of type onnx, or another fault");
        }
        else if (isServerSide && line.Kind.Class == "dependency" && served.All(target => target.ContextStore is null))
        {
            reading.Report(line.Place, $"{line.Kind.Name} needs a dependency, and the target has contextStore: none",
                "remove contextStore: none");
        }

        if (line.Fault.Select.TryGetValue("replica", out var replica) && served.Count > 0
            && int.Parse(replica, CultureInfo.InvariantCulture) >= served.Min(target => target.Replicas))
        {
            reading.Report(line.SelectPlace, $"there is no replica {replica}",
                $"replicas are numbered 0 to {served.Min(target => target.Replicas) - 1}");
        }

        if (line.Fault.Select.TryGetValue("prompts", out var prompts) && scenario.Mix.All(entry => entry.Prompts.Name != prompts))
        {
            reading.Report(line.SelectPlace, $"the prompt set {Shown.Quoted(prompts)} is not in the mix",
                $"the mix has {string.Join(", ", scenario.Mix.Select(entry => entry.Prompts.Name).Distinct())}");
        }
    }

    /// <summary>A recorded set may be the corpus of a search, which holds worst cases beside their clean twins.</summary>
    private static bool MayCorrupt(Scenario scenario) => scenario.Faults.Any(fault => InputFaults.Handles(fault.Kind)) || scenario.Mix.Any(entry => entry.Prompts switch
    {
        PromptSet.Adversarial => true,
        PromptSet.Recorded recorded => Path.GetFileName(recorded.Path).StartsWith("worst", StringComparison.Ordinal),
        _ => false,
    });

    private static bool IsAsserted(Scenario scenario, MetricId metric) => scenario.Mix.Any(entry => entry.AssertRows) || scenario.Mix
        .SelectMany(entry => entry.Assertions).Any(assertion => metric == MetricId.AssertionsHeld || assertion.Metric == metric);

    private static Flaw? WrongIn(Scenario scenario, Objective objective)
    {
        if (objective.UnderCorruption is not null && !MayCorrupt(scenario))
        {
            return new Flaw($"{Shown.Quoted(objective.Text)} speaks of corrupted input, and nothing here corrupts any",
                "add a prompt set to the mix with adversarial: [typos, zero-width] and from: the clean one, or an input fault");
        }

        if (objective.LimitKind != LimitKind.Absolute && objective.UnderCorruption != Contrast.Clean && scenario.Baseline is null)
        {
            return new Flaw($"{Shown.Quoted(objective.Text)} compares with a baseline, and the scenario has none",
                "write targets: { baseline: NAME, candidate: NAME }");
        }

        if (objective.Metric is MetricId.TimeToDetect or MetricId.TimeToRecover or MetricId.ResidualRecovery
            && scenario.Faults.Count == 0)
        {
            return new Flaw($"{Shown.Quoted(objective.Text)} speaks of recovery, and the scenario has no fault",
                "add faults:, or remove this line");
        }

        var length = objective.Phase switch
        {
            Phase.Baseline => scenario.Phases.Baseline,
            Phase.Fault => scenario.Phases.Fault,
            Phase.Recovery => scenario.Phases.Recovery,
            _ => TimeSpan.MaxValue,
        };
        return length == TimeSpan.Zero
            ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of a phase of 0s",
                $"write phases: {{ {objective.Phase.ToString()!.ToLowerInvariant()}: 10s }}")
            : objective.Metric == MetricId.CanaryAccuracy && scenario.Mix.All(entry => entry.Role != PromptRole.Canary)
            ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of canaries, and the mix has none",
                "add a line with role: canary to the mix")
            : Metrics.IsDrift(objective.Metric) && (scenario.Reference is null || objective.LimitKind != LimitKind.Absolute)
            ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of drift from a reference, and {(scenario.Reference is null ? "the scenario names none" : "that is the reference, not the baseline")}",
                "add reference: and the folder of an earlier run, and write drift of outputs within reference")
            : objective.Metric == MetricId.CostPerSuccess && scenario.Prices is null
            ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of money, and the scenario says no prices", "add prices: { input: 0.15, output: 0.60 } per million tokens, or { deviceHour: 2.50 }")
            : objective.Metric == MetricId.Bias && (objective.LimitKind != LimitKind.Absolute || !scenario.Mix.Any(entry => entry.Prompts is PromptSet.Counterfactual))
            ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of swapped words, and {(objective.LimitKind != LimitKind.Absolute ? "is judged for one version" : "the mix has none")}",
                "add a prompt set with counterfactual: [\"gender male/female: he/she\"] to the mix, and write bias <= 5pp")
            : objective.Metric == MetricId.MemorySlope && objective.LimitKind != LimitKind.Absolute
            ? new Flaw($"{Shown.Quoted(objective.Text)} compares the memory of two versions that may share a process", "write a limit: memory_slope < 1MiB/min")
            : objective.Metric == MetricId.JudgedRight && (scenario.Judge is null || objective.LimitKind != LimitKind.Absolute)
            ? scenario.Judge is null
                ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of a judge, and the scenario has none", "add judge: { target: NAME, criteria: ..., calibration: FILE }")
                : new Flaw($"{Shown.Quoted(objective.Text)} compares what a judge says, whose errors are known for one version only", "write a limit without vs baseline")
            : Metrics.IsGolden(objective.Metric) && scenario.Golden is null
            ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of goldens, and the scenario names none",
                "add golden: and the folder that 'chaosbench golden record' wrote")
            : Metrics.IsAsserted(objective.Metric) && !IsAsserted(scenario, objective.Metric)
            ? new Flaw($"{Shown.Quoted(objective.Text)} speaks of what no line of the mix asserts",
                $"add assert: {AssertionKeys.ExampleOf(objective.Metric)} to a line of the mix")
            : null;
    }
}
