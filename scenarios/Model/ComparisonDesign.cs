namespace ChaosBench.Scenarios.Model;

/// <summary>How the two versions of an A/B run share the traffic. A closed set.</summary>
public abstract record ComparisonDesign
{
    private ComparisonDesign() { }

    /// <summary>One after the other, in blocks of the same requests: nothing but the version differs.</summary>
    public sealed record Turns : ComparisonDesign;

    /// <summary>
    /// A canary: both at once, each with its share of the requests. Who goes to the candidate is drawn anew for each period, so that nobody
    /// carries all of the risk, and stays there within it.
    /// </summary>
    /// <param name="Candidate">Above 0, at most a half.</param>
    /// <param name="Rotate">Length of a period.</param>
    /// <param name="By">Tag of the prompts that names whose request it is; null: the conversation or prompt stands for its user.</param>
    public sealed record Split(Share Candidate, TimeSpan Rotate, string? By) : ComparisonDesign;

    /// <summary>Mirrored traffic: each request goes to the baseline, whose answer is the one that users get, and a copy of it to the candidate.</summary>
    public sealed record Shadow : ComparisonDesign;
}
