namespace ChaosBench.Scenarios.Files;

/// <summary>Guesses what was meant by a misspelt name.</summary>
internal static class Nearest
{
    private const int LongestName = 64;

    /// <summary>The closest of <paramref name="known"/>, or null when none is close enough to be meant.</summary>
    public static string? To(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        var best = known
            .Select(candidate => (Candidate: candidate, Distance: Distance(Bare(name), Bare(candidate))))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Candidate is not null && best.Distance <= Math.Max(1, name.Length / 3) ? best.Candidate : null;
    }

    /// <summary>A remedy for an unknown name: the nearest one, or all of them.</summary>
    public static string Remedy(string name, IReadOnlyCollection<string> known) => To(name, known) is { } meant
        ? $"did you mean '{meant}'?"
        : known.Count == 0 ? "there are none to choose from" : $"known: {string.Join(", ", known)}";

    /// <summary>Spelling habits (<c>warm-up</c>, <c>warm_up</c>, <c>warmUp</c>) are no distance.</summary>
    private static string Bare(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Levenshtein distance, two rows; names are at most 64 characters.</summary>
    private static int Distance(string left, string right)
    {
        var above = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var row = new int[right.Length + 1];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + change);
            }

            above = row;
        }

        return above[^1];
    }
}
