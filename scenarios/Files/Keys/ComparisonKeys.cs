using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>How the two versions of an A/B run are compared.</summary>
internal static class ComparisonKeys
{
    public static readonly Key<PairBudget> UntilDecided = new(
        "untilDecided", new ScalarKind<PairBudget>(
            "a budget", "10m", static scalar => PairBudgetText.Parse(scalar.Text),
            static () => new() { ["type"] = "string", ["pattern"] = PairBudgetText.Pattern }),
        "An A/B run goes on until every gate vs baseline is decided, at least for the baseline phase and at most for this: a time (10m) or a number of pairs of blocks (300 pairs).")
        { Example = "10m" };

    /// <summary>Reports what does not fit together, where it stands.</summary>
    public static void Check(KeyReader keys, Scenario scenario)
    {
        if (scenario.UntilDecided is not null && ComparisonChecks.OfBudget(scenario) is { } flaw)
        {
            keys.Report(UntilDecided, flaw.Wrong, flaw.Right);
        }
    }
}

/// <summary>Designs of comparison that cannot be run, whoever asked for them: the file or the command line.</summary>
public static class ComparisonChecks
{
    /// <returns>Null: this scenario can go on until it is decided.</returns>
    public static string? ProblemOfBudget(Scenario scenario) => OfBudget(scenario) is { } flaw ? $"{flaw.Wrong}; {flaw.Right}" : null;

    internal static Flaw? OfBudget(Scenario scenario)
    {
        if (scenario.Baseline is null)
        {
            return new Flaw("a run that goes on until it is decided compares two versions, and the scenario has one",
                "write targets: { baseline: NAME, candidate: NAME }");
        }

        if (!scenario.Gates.Any(gate => gate.IsByPairs()))
        {
            return new Flaw("no gate compares with the baseline, so that there is nothing to decide",
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
