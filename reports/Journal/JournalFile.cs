using System.Text.Json;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// The journal on disk: JSON lines, the first a <see cref="JournalEvent.RunStarted"/> with its schema. <c>journal.jsonl</c> while the run
/// goes on, <c>journal.jsonl.gz</c> once it is closed.
/// </summary>
public static class JournalFile
{
    public const int CurrentSchema = 1;
    public const string Name = "journal.jsonl";
    public const string PackedName = "journal.jsonl.gz";

    /// <summary>Longer lines are refused: no event of ours comes near.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    /// <summary>Opens a journal for reading; a folder stands for the journal in it. Throws <see cref="JournalException"/>.</summary>
    public static JournalReader Open(string path) => Open(path, ahead: false);

    /// <inheritdoc cref="Open(string)"/>
    /// <param name="ahead">For long ones that are read to their end: unpack on another core.</param>
    internal static JournalReader Open(string path, bool ahead)
    {
        var file = Find(path);
        try
        {
            return new JournalReader(File.OpenRead(file), file, ahead);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{file}: cannot be opened: {broken.Message}", broken);
        }
    }

    /// <summary>One line without its end.</summary>
    public static byte[] ToLine(JournalEvent entry) => JsonSerializer.SerializeToUtf8Bytes(entry, Json.Line);

    /// <summary>The same bytes, faster for the kinds that there are many of.</summary>
    internal static void WriteLine(JournalEvent entry, LineBuffer line)
    {
        switch (entry)
        {
            case JournalEvent.Observation seen when ObservationLine.CanWrite(seen):
                ObservationLine.Write(line, seen);
                break;
            case JournalEvent.Score score when ScoreLine.CanWrite(score):
                ScoreLine.Write(line, score);
                break;
            default:
                line.Raw(ToLine(entry));
                break;
        }
    }

    /// <summary>Throws <see cref="JsonException"/> when the line is no event.</summary>
    public static JournalEvent FromLine(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize<JournalEvent>(line, Json.Line) ?? throw new JsonException("null is no event");

    /// <summary>The journal of a folder; a file is itself. The plain file wins: it is whole until the packed one is, and only then removed.</summary>
    public static string Find(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        string[] places = [Path.Combine(path, Name), Path.Combine(path, PackedName)];
        return places.FirstOrDefault(File.Exists) ?? throw new JournalException(
            $"{path}: there is no {Name} and no {PackedName}; name a run folder, for example runs/latest");
    }
}
