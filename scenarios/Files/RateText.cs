namespace ChaosBench.Scenarios.Files;

/// <summary>Reads <c>40/s</c>, <c>600/min</c> and the like outside of files.</summary>
public static class RateText
{
    /// <summary>The rate, or what is wrong and what would be right.</summary>
    public static (Rate Rate, string? Problem) Read(string text)
    {
        var parsed = UnitText.Rate(text);
        return (parsed.Value, parsed.Flaw is { } flaw ? $"{flaw.Wrong}; {flaw.Right}" : null);
    }
}
