using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>Designs of comparison that cannot be run, whoever asked for them: the file or the command line.</summary>
public static class ComparisonChecks
{
    private static readonly Flaw OneVersion = new(
        "a comparison takes two versions, and the scenario has one", "write targets: { baseline: NAME, candidate: NAME }");

    /// <returns>Null: this scenario can go on until it is decided.</returns>
    public static string? ProblemOfBudget(Scenario scenario) => OfBudget(scenario) is { } flaw ? $"{flaw.Wrong}; {flaw.Right}" : null;

    internal static Flaw? OfDesign(Scenario scenario) => scenario.Design switch
    {
        ComparisonDesign.Turns => null,
        _ when scenario.Baseline is null => OneVersion,
        ComparisonDesign.Split split => OfSplit(scenario, split),
        ComparisonDesign.Shadow => OfShadow(scenario),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Flaw? OfSplit(Scenario scenario, ComparisonDesign.Split split)
    {
        if (split.Candidate.Value is <= 0 or > 0.5)
        {
            return new Flaw("the candidate's share of a split is above 0% and at most 50%", "write split: { candidate: 5% }");
        }

        if (split.Rotate < TimeSpan.FromSeconds(1))
        {
            return new Flaw("a split that is drawn anew more often than once a second keeps nobody with one version", "write rotate: 10s");
        }

        return scenario.Gates.FirstOrDefault(gate => gate.LimitKind != LimitKind.Absolute && Metrics.UnitOf(gate.Metric) == MetricUnit.PerSecond) is { } rate
            ? new Flaw($"{Shown.Quoted(rate.Text)} compares rates, and a split gives the versions different numbers of requests",
                "compare a percentile or a share, or remove split: and let the versions take turns")
            : null;
    }

    private static Flaw? OfShadow(Scenario scenario)
    {
        if (scenario.Faults.Count > 0)
        {
            return new Flaw("mirrored traffic beside faults: what a fault does to a copy is no user's trouble, and no recovery can be told from it",
                "remove faults:, or shadow:");
        }

        return scenario.Mix.Any(entry => entry.Batch.Any(size => size > 1))
            ? new Flaw("mirrored traffic beside a batch: a request and its copy would not be neighbours", "remove batch:, or shadow:")
            : null;
    }

    internal static Flaw? OfFresh(Scenario scenario)
    {
        if (scenario.Baseline is not { } baseline)
        {
            return OneVersion;
        }

        if (scenario.Design is not ComparisonDesign.Turns)
        {
            return new Flaw("versions that have traffic at the same time cannot be started anew block by block", "remove split: or shadow:, or write starts: warm");
        }

        if (scenario.Faults.Count > 0)
        {
            return new Flaw("fresh starts beside faults: what a fault broke would be healed by the next start", "remove faults:, or write starts: warm");
        }

        var fresh = scenario.Fresh!;
        if (fresh.Within < TimeSpan.FromSeconds(1) || fresh.Within > TimeSpan.FromHours(1))
        {
            return new Flaw("the pause for a fresh start is 1s to 1h", "write within: 5s");
        }

        if (new[] { baseline, scenario.Candidate }.OfType<Target.OpenAi>().FirstOrDefault(target => target.Command.Count == 0) is { } remote)
        {
            return new Flaw($"target '{Shown.Plain(remote.Name)}' is not started by the run, so that it cannot be started anew",
                "give it a command:, or write starts: warm");
        }

        var (least, phases) = (2 * (fresh.Within + TimeSpan.FromSeconds(1)), scenario.Phases);
        return new[] { phases.Baseline, phases.Fault, phases.Recovery }.Any(phase => phase > TimeSpan.Zero && phase < least)
            ? new Flaw(FormattableString.Invariant($"a pair of blocks with {fresh.Within.TotalSeconds:0.###}s before each takes at least {least.TotalSeconds:0.###}s, and a phase is shorter"),
                "write phases: { baseline: 2m }, or a shorter within:")
            : null;
    }

    internal static Flaw? OfBudget(Scenario scenario)
    {
        if (scenario.Baseline is null)
        {
            return OneVersion;
        }

        if (scenario.Design is not ComparisonDesign.Turns)
        {
            return new Flaw("a run that goes on until it is decided lets the versions take turns", "remove split: or shadow:, or the budget");
        }

        if (!scenario.Gates.Any(gate => gate.IsByPairs()))
        {
            return new Flaw("no gate compares the versions pair by pair, so that there is nothing to decide",
                "add gates: [\"p95 e2e <= +25% vs baseline\"]");
        }

        if (scenario.Faults.Count > 0)
        {
            return new Flaw("a run that goes on until it is decided has no faults: they act once, and every further pair would be one without them",
                "remove faults:, or the budget");
        }

        if (scenario.Phases.Baseline == TimeSpan.Zero || scenario.Phases.Fault + scenario.Phases.Recovery > TimeSpan.Zero)
        {
            return new Flaw("a run that goes on until it is decided measures in the baseline phase alone",
                "write phases: { baseline: 20s }, the least that it takes, and no fault or recovery");
        }

        var limits = PairLimits.Of(scenario, PlanInputs.UsualBlock)!;
        return limits.Most < limits.Least
            ? new Flaw(
                FormattableString.Invariant($"the budget has room for {limits.Most} pairs of blocks, and the baseline phase alone asks for {limits.Least}"),
                "raise the budget, or shorten phases: { baseline: ... }")
            : null;
    }
}
