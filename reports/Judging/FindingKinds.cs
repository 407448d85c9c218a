namespace ChaosBench.Reports.Judging;

/// <summary>The kinds of findings, in the order in which a report lists them.</summary>
public static class FindingKinds
{
    public const string Gate = "gate";
    public const string Guard = "guard";

    /// <summary>What one fault declares under <c>expect</c>.</summary>
    public const string Fault = "fault";
    public const string SteadyState = "steady-state";

    /// <summary>What must hold of the run itself before it may decide anything.</summary>
    public const string Precondition = "precondition";
    public const string Info = "info";

    public static IReadOnlyList<string> All { get; } = [Gate, Guard, Fault, SteadyState, Precondition, Info];
}
