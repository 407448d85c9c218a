namespace ChaosBench.Harness.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="State"><c>ok</c>, <c>limited</c>, <c>missing</c> or <c>unknown</c>.</param>
/// <param name="Remedy">What to do, where something is to be done. Null: nothing.</param>
internal sealed record Check(string State, string Name, string Found, string? Remedy)
{
    public static Check Ok(string name, string found, string? remedy = null) => new("ok", name, found, remedy);

    public static Check Limited(string name, string found, string remedy) => new("limited", name, found, remedy);

    public static Check Missing(string name, string found, string remedy) => new("missing", name, found, remedy);

    public static Check Unknown(string name, string found, string remedy) => new("unknown", name, found, remedy);
}

/// <summary>Small files of <c>/proc</c> and <c>/sys</c>.</summary>
internal static class Facts
{
    /// <returns>Null where there is no such file, or it may not be read.</returns>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whole numbers of a text, in order; what is none is left out.</summary>
    public static long[] Numbers(string? text) =>
        [.. (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(word => long.TryParse(word, out _))
            .Select(word => long.Parse(word, System.Globalization.CultureInfo.InvariantCulture))];
}
