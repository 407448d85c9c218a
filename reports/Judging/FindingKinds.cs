namespace ChaosBench.Reports.Judging;

/// <summary>The kinds of findings, in the order in which a report lists them.</summary>
public static class FindingKinds
{
    public const string Gate = "gate";
    public const string Guard = "guard";

    /// <summary>What one fault declares under <c>expect</c>.</summary>
    public const string Fault = "fault";

    /// <summary>What the hypothesis of every drill asks beside its numbers: no answer that no service may give, no damage that stays.</summary>
    public const string Hypothesis = "hypothesis";

    /// <summary>A number beside that of a named baseline, an earlier run.</summary>
    public const string Baseline = "baseline";
    public const string SteadyState = "steady-state";

    /// <summary>What must hold of the run itself before it may decide anything.</summary>
    public const string Precondition = "precondition";
    public const string Info = "info";

    /// <summary>A gate or guard that did not hold and that a person lets not count for a while.</summary>
    public const string Waived = "waived";

    public static IReadOnlyList<string> All { get; } = [Gate, Guard, Fault, Baseline, Hypothesis, Waived, SteadyState, Precondition, Info];

    /// <summary>Whether a broken one fails the run.</summary>
    public static bool Fails(string kind) => kind is Gate or Guard or Fault or Baseline or Hypothesis;

    /// <summary>Whether a promotion waits for it: left open, the run is inconclusive.</summary>
    public static bool Decides(string kind) => kind is Gate or Fault or Baseline;
}
