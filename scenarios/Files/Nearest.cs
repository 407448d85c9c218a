namespace ChaosBench.Scenarios.Files;

/// <summary>Guesses what was meant by a misspelt name.</summary>
public static class Nearest
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

    /// <summary>Edits that turn one into the other; two neighbours swapped are one edit (optimal string alignment).</summary>
    private static int Distance(string left, string right)
    {
        var edits = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                edits[i, j] = Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, edits[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[left.Length, right.Length];
    }
}
