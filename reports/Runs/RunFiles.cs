using System.Text;
using System.Text.Json;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Runs;

/// <summary>Reads and writes the JSON documents of a run folder; a newer schema is refused with that sentence.</summary>
public static class RunFiles
{
    /// <summary>Larger documents are refused: none of ours comes near.</summary>
    private const long MaxBytes = 64L * 1024 * 1024;

    public static string ToJson<T>(T document) => JsonSerializer.Serialize(document, Json.Document) + "\n";

    public static void WriteManifest(string folder, Manifest manifest) =>
        Write(Path.Combine(folder, RunFolder.ManifestName), ToJson(manifest));

    /// <summary>Throws <see cref="JournalException"/> when it is missing, broken or too new.</summary>
    public static Manifest ReadManifest(string folder) =>
        Read<Manifest>(Path.Combine(folder, RunFolder.ManifestName), Manifest.CurrentSchema);

    /// <summary>Throws <see cref="JournalException"/> when it is missing, broken or too new.</summary>
    public static Verdicts.Summary ReadSummary(string folder) =>
        Read<Verdicts.Summary>(Path.Combine(folder, RunFolder.SummaryName), Verdicts.Summary.CurrentSchema);

    /// <param name="path">The file itself: it is the machine's, not a run's.</param>
    public static Calibration ReadCalibration(string path) => Read<Calibration>(path, Calibration.CurrentSchema);

    /// <summary>UTF-8 without a mark; the file appears whole or not at all.</summary>
    public static void Write(string path, string text)
    {
        try
        {
            var half = path + ".tmp";
            File.WriteAllText(half, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(half, path, overwrite: true);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{path}: cannot be written: {broken.Message}; free some space or choose another "
                + "folder with --out", broken);
        }
    }

    /// <summary>Throws <see cref="JournalException"/> when it is missing, broken or too new.</summary>
    public static T Read<T>(string path, int newest)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new JournalException($"{path}: larger than {MaxBytes} bytes; this file was not written by chaosbench");
            }

            return Parse<T>(path, File.ReadAllText(path), newest);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{path}: cannot be read: {broken.Message}; name a run folder, for example "
                + "runs/latest", broken);
        }
    }

    /// <summary>Of a document that is kept elsewhere. Throws <see cref="JournalException"/> when it is broken or too new.</summary>
    /// <param name="place">For messages.</param>
    public static T Parse<T>(string place, string text, int newest)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var schema = document.RootElement.GetProperty("schema").GetInt32();
            return schema <= newest
                ? document.Deserialize<T>(Json.Document) ?? throw new JsonException("null")
                : throw new JournalException($"{place}: this file has schema {schema} and this chaosbench reads up to "
                    + $"{newest}; use a newer chaosbench");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or NotSupportedException)
        {
            throw new JournalException($"{place}: not a file of ours: {broken.Message.ReplaceLineEndings(" ")}", broken);
        }
    }
}
