using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Gates;

/// <summary>One gate from a command line, for a run that has no scenario file.</summary>
public static class GateReader
{
    /// <returns>The objective, or what is wrong with the text and what would be right.</returns>
    public static (Objective? Objective, string? Problem) Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parsed = GateParser.Parse(text);
        if (parsed.Flaw is { } flaw)
        {
            return (null, $"{flaw.Wrong}; {flaw.Right}");
        }

        return parsed.Value.Objective is { LimitKind: LimitKind.Absolute, UnderCorruption: null } objective
            ? (objective, null)
            : (null, "there is no baseline in a run of one version; write a fixed limit, such as p99 ttft < 800ms");
    }
}
