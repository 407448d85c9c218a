using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Goldens;

/// <summary>Reads and writes the three files of a golden snapshot. What does not fit together is refused.</summary>
public static class GoldenFolder
{
    public const string SnapshotName = "snapshot.json";
    public const string ManifestName = "manifest.jsonl";
    public const string VectorsName = "vectors.safetensors";

    private const string Answers = "answers";
    private const string Canaries = "canaries";
    private const long MostText = 256L << 20;

    /// <param name="golden">Its hashes are filled in here.</param>
    public static void Write(string folder, Golden golden)
    {
        Directory.CreateDirectory(folder);
        var vectors = Path.Combine(folder, VectorsName);
        SafeTensors.Write(vectors, new Dictionary<string, IReadOnlyList<float[]>> { [Answers] = golden.Vectors, [Canaries] = golden.CanaryVectors });
        var manifest = string.Concat(golden.Rows.Select(row => JsonSerializer.Serialize(row, Json.Line) + "\n"));
        var bytes = Encoding.UTF8.GetBytes(manifest);
        File.WriteAllBytes(Path.Combine(folder, ManifestName), bytes);
        var snapshot = golden.Snapshot with
        {
            ManifestSha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), VectorsSha256 = HashOf(vectors),
        };
        Runs.RunFiles.Write(Path.Combine(folder, SnapshotName), Runs.RunFiles.ToJson(snapshot));
    }

    /// <exception cref="GoldenException">Missing, damaged, too new, or its parts are not of one recording.</exception>
    public static Golden Read(string folder)
    {
        try
        {
            var snapshot = Snapshot(Path.Combine(folder, SnapshotName));
            var (manifest, vectors) = (Path.Combine(folder, ManifestName), Path.Combine(folder, VectorsName));
            var matrices = SafeTensors.Read(vectors);
            if (HashOf(vectors) != snapshot.VectorsSha256 || HashOf(manifest) != snapshot.ManifestSha256)
            {
                throw Wrong(folder, "its files are not those of one recording");
            }

            var rows = File.ReadLines(manifest).Where(line => line.Length > 0)
                .Select(line => JsonSerializer.Deserialize<GoldenRow>(line, Json.Line) ?? throw new JsonException("null")).ToList();
            return Checked(folder, snapshot, rows, matrices);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new GoldenException(GoldenReasons.Missing, broken is FileNotFoundException { FileName: { } name }
                ? $"{folder}: there is no {Path.GetFileName(name)} in it, so it is no golden snapshot; name a folder that 'chaosbench golden record' wrote"
                : $"{folder}: cannot be read: {broken.Message.TrimEnd('.')}; name a folder that 'chaosbench golden record' wrote", broken);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or NotSupportedException)
        {
            throw new GoldenException(GoldenReasons.Damaged, $"{folder}: not a golden snapshot: {broken.Message.ReplaceLineEndings(" ")}", broken);
        }
    }

    private static GoldenSnapshot Snapshot(string path)
    {
        if (new FileInfo(path).Length > MostText)
        {
            throw new GoldenException(GoldenReasons.Damaged, $"{path}: larger than any snapshot");
        }

        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var schema = document.RootElement.GetProperty("schema").GetInt32();
        return schema <= GoldenSnapshot.CurrentSchema
            ? document.Deserialize<GoldenSnapshot>(Json.Document) ?? throw new JsonException("null")
            : throw new GoldenException(GoldenReasons.Damaged, $"{path}: this file has schema {schema} and this chaosbench reads up to {GoldenSnapshot.CurrentSchema}; use a newer chaosbench");
    }

    private static Golden Checked(
        string folder, GoldenSnapshot snapshot, List<GoldenRow> rows, IReadOnlyDictionary<string, IReadOnlyList<float[]>> matrices)
    {
        if (!matrices.TryGetValue(Answers, out var answers) || !matrices.TryGetValue(Canaries, out var canaries))
        {
            throw Wrong(folder, $"{VectorsName} lacks '{Answers}' or '{Canaries}'");
        }

        if (answers.Concat(canaries).FirstOrDefault(vector => vector.Length != snapshot.Embedder.Dimension) is { } other)
        {
            throw new GoldenException(
                GoldenReasons.OtherDimension, $"{folder}: its vectors have {other.Length} dimensions and its embedder {snapshot.Embedder.Dimension}; record the snapshot again");
        }

        if (canaries.Count == 0 || canaries.Count != snapshot.Canaries.Count)
        {
            throw Wrong(folder, $"{canaries.Count} vectors for {snapshot.Canaries.Count} canaries");
        }

        if (rows.Exists(row => row.Row < 0 || row.Row >= answers.Count))
        {
            throw Wrong(folder, "its manifest names vectors that are not there");
        }

        return snapshot.Alpha is > 0 and < 0.5
            ? new Golden(snapshot, rows, answers, canaries)
            : throw Wrong(folder, FormattableString.Invariant($"alpha is {snapshot.Alpha}"));
    }

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static GoldenException Wrong(string folder, string what) =>
        new(GoldenReasons.Damaged, $"{folder}: {what}; record the snapshot again");
}
