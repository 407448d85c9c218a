using System.Text.Json;

namespace ChaosBench.Harness.Drills;

/// <summary>What people outside tell a run that lives: lines of JSON, appended to a file in its folder and read by it twice a second.</summary>
internal static class DrillControl
{
    /// <summary>Gone when the run has ended: what was said is in the journal.</summary>
    public const string FileName = "control.jsonl";

    public const int LongestNote = 1_000;

    /// <summary>More is not told but a flood.</summary>
    private const long MostBytes = 4 << 20;

    public static void Note(string folder, string text) => Append(folder, new Line(text, false));

    public static void Continue(string folder) => Append(folder, new Line(null, true));

    /// <summary>Whole lines from <paramref name="from"/> on; lines that are none of ours are left out.</summary>
    /// <returns>And where to read on.</returns>
    public static (IReadOnlyList<Line> Lines, long Next) Read(string folder, long from)
    {
        try
        {
            using var file = new FileStream(Path.Combine(folder, FileName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length <= from || from >= MostBytes)
            {
                return ([], from);
            }

            file.Position = from;
            var bytes = new byte[Math.Min(file.Length, MostBytes) - from];
            bytes = bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
            var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            return ([.. System.Text.Encoding.UTF8.GetString(bytes, 0, end).Split('\n').Select(Parsed).OfType<Line>()], from + end);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return ([], from);
        }
    }

    public static void Remove(string folder) => File.Delete(Path.Combine(folder, FileName));

    private static void Append(string folder, Line line)
    {
        using var file = new FileStream(Path.Combine(folder, FileName), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        // One write, so that two people who speak at once do not mix their lines.
        file.Write([.. JsonSerializer.SerializeToUtf8Bytes(line), (byte)'\n']);
    }

    private static Line? Parsed(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonSerializer.Deserialize<Line>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Note">Text of a note; null: none.</param>
    public sealed record Line(string? Note, bool Continue);
}
