namespace ChaosBench.Scenarios.Files;

/// <summary>Reads <c>30%</c> outside of files.</summary>
public static class ShareText
{
    /// <summary>The share, or what is wrong and what would be right.</summary>
    public static (Share Share, string? Problem) Read(string text)
    {
        var parsed = UnitText.Share(text);
        return (parsed.Value, parsed.Flaw is { } flaw ? $"{flaw.Wrong}; {flaw.Right}" : null);
    }
}
