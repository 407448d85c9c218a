using System.Security.Cryptography;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Provenance;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Provenance;

/// <summary>A run folder, signed and checked.</summary>
internal static class Attestation
{
    public const string FileName = "provenance.json";
    public const string KeyVariable = "CHAOSBENCH_SIGNING_KEY";

    private const string ManifestSubject = RunStatement.RunPrefix + RunFolder.ManifestName;
    private const long MostBytes = (8 << 20) + 1;

    /// <summary>The key of the environment. Null: there is none. It is kept in memory alone.</summary>
    /// <exception cref="UsageException">It is none that can sign.</exception>
    public static ECDsa? KeyOfEnvironment(Func<string, string?> variable)
    {
        if (variable(KeyVariable) is not { Length: > 0 } pem)
        {
            return null;
        }

        try
        {
            return Dsse.ReadKey(pem, isPrivate: true);
        }
        catch (ProvenanceException problem)
        {
            throw new UsageException($"{KeyVariable}: {problem.Message}.");
        }
    }

    /// <summary>Signs the run and writes the envelope.</summary>
    /// <param name="to">Null: <see cref="FileName"/> in the folder.</param>
    /// <returns>What a person wants to know of it, line by line.</returns>
    /// <exception cref="UsageException">No finished run.</exception>
    /// <exception cref="JournalException">The envelope cannot be written.</exception>
    public static IReadOnlyList<string> Write(string folder, ECDsa key, string? to = null)
    {
        var (manifest, summary) = Documents(folder);
        var notes = new List<string>();
        var subjects = RunFilesIn(folder).Select(file => new Subject(file.Key, file.Value))
            .Concat(TargetFiles.Of(manifest, notes)).ToList();
        var path = to ?? Path.Combine(folder, FileName);
        RunFiles.Write(path, Dsse.Sign(RunStatement.Write(manifest, summary, subjects), key));
        notes.Add($"{path}: {subjects.Count} files signed by key {Dsse.KeyId(key)[..16]}...");
        return notes;
    }

    /// <summary>As <see cref="Write"/>, after a run: what it cannot read is told, and the verdict stands.</summary>
    public static IReadOnlyList<string> TryWrite(string folder, ECDsa key)
    {
        try
        {
            return Write(folder, key);
        }
        catch (UsageException problem)
        {
            return [.. problem.Lines.Select(line => $"not signed: {line}")];
        }
    }

    /// <summary>The signed statement of a run beside what is there.</summary>
    /// <param name="envelope">Null: the one in the folder.</param>
    /// <exception cref="UsageException">No run, or no envelope.</exception>
    /// <exception cref="ProvenanceException">The envelope or its signature does not hold.</exception>
    public static (RunStatement Statement, StatementCheck Check) Verify(string folder, ECDsa key, string? envelope)
    {
        var statement = RunStatement.Read(Dsse.Open(Bytes(envelope ?? Path.Combine(folder, FileName)), key));
        var manifest = Read(() => RunFiles.ReadManifest(folder));
        if (statement.Facts.GetValueOrDefault("startedUtc") is { } started
            && statement.Facts.GetValueOrDefault("scenario") is { } scenario
            && (started != manifest.StartedUtc.ToString("O", System.Globalization.CultureInfo.InvariantCulture)
                || scenario != manifest.Scenario))
        {
            throw new ProvenanceException($"the statement is of another run: scenario '{scenario}', started {started}");
        }

        var present = RunFilesIn(folder);
        var isTrue = statement.Subjects.Any(subject => subject.Name == ManifestSubject
            && subject.Sha256 == present.GetValueOrDefault(ManifestSubject));

        // Where the models lie is said by the manifest, which is believed only when it is the one that was signed.
        foreach (var (name, sha256) in isTrue ? TargetFiles.Present(manifest, statement.Subjects.Select(subject => subject.Name))
            : [])
        {
            present[name] = sha256;
        }

        return (statement, StatementCheck.Of(statement, present, name =>
            name.StartsWith(RunStatement.TargetPrefix, StringComparison.Ordinal) && !isTrue
                ? "not looked at, the manifest does not hold" : MayBeAbsent(manifest, name)));
    }

    private static string? MayBeAbsent(Manifest manifest, string name) =>
        name == RunStatement.RunPrefix + ContentWriter.FileName ? "is gone, as 'chaosbench clean --content' does"
        : TargetFiles.OwnerOf(manifest, name) is { } target && !Directory.Exists(target.Location)
            ? $"not looked at, {target.Location} is not here"
        : null;

    private static SortedDictionary<string, string> RunFilesIn(string folder)
    {
        var files = FileHash.Of(folder, name => name != FileName && !name.EndsWith(".tmp", StringComparison.Ordinal));
        return new SortedDictionary<string, string>(
            files.ToDictionary(file => RunStatement.RunPrefix + file.Key, file => file.Value), StringComparer.Ordinal);
    }

    private static (Manifest Manifest, Reports.Verdicts.Summary Summary) Documents(string folder) =>
        Read(() => (RunFiles.ReadManifest(folder), RunFiles.ReadSummary(folder)));

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JournalException problem)
        {
            throw new UsageException(problem.Message);
        }
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Math.Min(file.Length, MostBytes)];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"{path}: cannot be read ({exception.Message}); 'chaosbench attest RUN' writes it, and so does 'run' where {KeyVariable} is set.");
        }
    }
}
