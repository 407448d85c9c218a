namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Values with units as the scenario file writes them, for options of the command line. The problem holds its remedy.
/// </summary>
public static class UnitValues
{
    public static (TimeSpan Value, string? Problem) Duration(string text) => Of(UnitText.Duration(text));

    public static (Share Value, string? Problem) Share(string text) => Of(UnitText.Share(text));

    /// <summary>Bytes.</summary>
    public static (long Value, string? Problem) Size(string text) => Of(UnitText.Size(text));

    private static (T Value, string? Problem) Of<T>(Parsed<T> parsed) =>
        parsed.Flaw is { } flaw ? (default!, $"{flaw.Wrong}; {flaw.Right}") : (parsed.Value, null);
}
