using System.Text;

namespace ChaosBench.Server.Sampling;

/// <summary>
/// Watches an answer for stop strings. Text that could be the beginning of one is held back until it is decided, so that no part of
/// a stop string is ever sent.
/// </summary>
internal sealed class StopStrings(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>True once a stop string was met; nothing more may be appended then.</summary>
    public bool Met { get; private set; }

    /// <summary>Takes new text, returns what is safe to send.</summary>
    public string Append(string text)
    {
        if (stops.Count == 0 || text.Length == 0)
        {
            return text;
        }

        var all = _held.Append(text).ToString();
        var first = -1;
        foreach (var stop in stops)
        {
            var at = all.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
            {
                first = at;
            }
        }

        Met = first >= 0;
        var safe = Met ? first : all.Length - LongestBeginning(all);
        _held.Clear();
        if (!Met)
        {
            _held.Append(all, safe, all.Length - safe);
        }

        return all[..safe];
    }

    /// <summary>What was held back and turned out to be no stop string.</summary>
    public string Finish()
    {
        var rest = _held.ToString();
        _held.Clear();
        return Met ? "" : rest;
    }

    /// <summary>Length of the longest end of the text that begins a stop string.</summary>
    private int LongestBeginning(string text)
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
