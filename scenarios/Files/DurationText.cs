namespace ChaosBench.Scenarios.Files;

/// <summary>Durations of the command line, written as in scenario files: <c>800ms</c>, <c>1.5s</c>, <c>10m</c>.</summary>
public static class DurationText
{
    /// <summary>The duration, or what is wrong and what would be right.</summary>
    public static (TimeSpan Duration, string? Problem) Read(string text)
    {
        var parsed = UnitText.Duration(text);
        return (parsed.Value, parsed.Flaw is { } flaw ? $"{flaw.Wrong}; {flaw.Right}" : null);
    }
}
