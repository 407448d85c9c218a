using System.Text;

namespace ChaosBench.Harness.Storing;

/// <summary>Text from scenarios, models and servers as PostgreSQL can hold it: no NUL, no half of a surrogate pair, no megabytes.</summary>
internal static class StoreText
{
    private const int Most = 8_000;

    public static string Clean(string? text)
    {
        var clean = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes()) // half a pair is read as U+FFFD
        {
            if (clean.Length >= Most)
            {
                clean.Append('…');
                break;
            }

            clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }
}
