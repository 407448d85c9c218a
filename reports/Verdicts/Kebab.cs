namespace ChaosBench.Reports.Verdicts;

/// <summary>Names of enum values as they stand in files: <c>TimedOut</c> is <c>timed-out</c>.</summary>
public static class Kebab
{
    public static string Of<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select((letter, at) =>
            char.IsUpper(letter) && at > 0 ? "-" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
