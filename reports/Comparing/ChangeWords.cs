using System.Text;

namespace ChaosBench.Reports.Comparing;

/// <summary>What changed, in words for people: a page, a comment on a pull request and a terminal say the same.</summary>
internal static class ChangeWords
{
    /// <summary>As the build or a target gives it; a hash is told by its first letters.</summary>
    private const int HashShown = 12;

    /// <summary><c>Different: model, target. The same: tokenizer, runtime, tool, machine.</c></summary>
    public static string Sentence(IReadOnlyList<Change> changes, IReadOnlyList<Change> alike)
    {
        var other = changes.Select(change => change.What).Distinct().ToList();
        var same = alike.Select(fact => fact.What).Distinct().Except(other).ToList();
        return (other.Count == 0 ? "Nothing that the manifests tell is different." : $"Different: {string.Join(", ", other.Select(KindOf))}.")
            + (same.Count == 0 ? "" : $" The same: {string.Join(", ", same.Select(KindOf))}.");
    }

    public static string KindOf(string what) => what switch
    {
        "package" => "packages",
        "data" => "data files",
        _ => what,
    };

    /// <summary><c>contextTokens</c> is "context tokens"; paths and file names stay as they are.</summary>
    public static string NameOf(string where)
    {
        if (where.AsSpan().ContainsAny('/', '.', '['))
        {
            return where;
        }

        var words = new StringBuilder();
        for (var at = 0; at < where.Length; at++)
        {
            var starts = at > 0 && char.IsAsciiLetterUpper(where[at]) && char.IsAsciiLetterLower(where[at - 1]);
            words.Append(starts ? " " : "").Append(starts ? char.ToLowerInvariant(where[at]) : where[at]);
        }

        return words.Replace("sha256", "SHA-256").ToString();
    }

    public static bool IsHash(string value) => value.Length >= 32 && value.All(char.IsAsciiHexDigit);

    /// <summary>A hash is cut; everything else stays whole.</summary>
    public static string ValueOf(string? value) => value switch
    {
        null => "nothing",
        _ when IsHash(value) => value[..HashShown] + "…",
        _ => value,
    };
}
