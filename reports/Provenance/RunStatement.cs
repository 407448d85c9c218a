using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Provenance;

/// <summary>A file and what was in it.</summary>
/// <param name="Name"><c>run/manifest.json</c>, <c>target/candidate/model.onnx</c>.</param>
public sealed record Subject(string Name, string Sha256);

/// <summary>
/// A run as an in-toto Statement v1 with the predicate <c>test-result/v0.1</c>. SLSA's provenance tells how an artifact was
/// built; a run
/// builds nothing, it tests, and that is what a policy wants to ask: was this model tested, by which plan, and did it pass?
/// </summary>
public sealed record RunStatement
{
    public const string Type = "https://in-toto.io/Statement/v1";
    public const string Predicate = "https://in-toto.io/attestation/test-result/v0.1";
    public const string RunPrefix = "run/";
    public const string TargetPrefix = "target/";

    public required IReadOnlyList<Subject> Subjects { get; init; }

    /// <summary><c>PASSED</c>, <c>WARNED</c> or <c>FAILED</c>.</summary>
    public required string Result { get; init; }

    /// <summary>What the statement says of the scenario: name, seed, when it started, verdict.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>The same run gives the same bytes.</summary>
    /// <param name="subjects">In the order in which they shall stand.</param>
    public static byte[] Write(Manifest manifest, Summary summary, IReadOnlyList<Subject> subjects)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(summary);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("_type", Type);
            json.WriteStartArray("subject");
            foreach (var subject in subjects)
            {
                json.WriteStartObject();
                json.WriteString("name", subject.Name);
                Digest(json, subject.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("predicateType", Predicate);
            json.WriteStartObject("predicate");
            json.WriteString("result", ResultOf(summary));
            Configuration(json, manifest, summary);
            Tests(json, "passedTests", summary, FindingVerdict.Pass);
            Tests(json, "warnedTests", summary, FindingVerdict.Inconclusive);
            Tests(json, "failedTests", summary, FindingVerdict.Fail);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <exception cref="ProvenanceException">Not a statement of a run.</exception>
    public static RunStatement Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement;
            var (type, predicate) = (root.GetProperty("_type").GetString(), root.GetProperty("predicateType").GetString());
            if (type != Type || predicate != Predicate)
            {
                throw new ProvenanceException($"the statement is a '{type}' about '{predicate}', not a {Type} about {Predicate}");
            }

            var facts = root.GetProperty("predicate").GetProperty("configuration").EnumerateArray()
                .Where(one => one.TryGetProperty("annotations", out var notes) && notes.TryGetProperty("startedUtc", out _))
                .Select(one => one.GetProperty("annotations").EnumerateObject()
                    .ToDictionary(note => note.Name, note => note.Value.GetString() ?? ""))
                .FirstOrDefault() ?? [];
            return new RunStatement
            {
                Subjects = [.. root.GetProperty("subject").EnumerateArray().Select(one => new Subject(
                    one.GetProperty("name").GetString() ?? "", one.GetProperty("digest").GetProperty("sha256").GetString()
                        ?? ""))],
                Result = root.GetProperty("predicate").GetProperty("result").GetString() ?? "",
                Facts = facts,
            };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new ProvenanceException($"what was signed is no in-toto statement of a run: {broken.Message.ReplaceLineEndings(" ").TrimEnd('.')}", broken);
        }
    }

    /// <summary>
    /// What did not pass has failed, whatever the reason: who asks for PASSED or WARNED shall not get a run that could not tell.
    /// An
    /// inconclusive run that the operator let count (<c>--inconclusive warn|pass</c>) is a warning.
    /// </summary>
    private static string ResultOf(Summary summary) => summary switch
    {
        { ExitCode: not 0 } => "FAILED",
        { Verdict: RunVerdict.Pass } => "PASSED",
        _ => "WARNED",
    };

    private static void Configuration(Utf8JsonWriter json, Manifest manifest, Summary summary)
    {
        json.WriteStartArray("configuration");
        Resource(json, manifest.ScenarioFile, manifest.ScenarioSha256, new()
        {
            ["scenario"] = manifest.Scenario,
            ["seed"] = manifest.Seed.ToString(CultureInfo.InvariantCulture),
            ["startedUtc"] = manifest.StartedUtc.ToString("O", CultureInfo.InvariantCulture),
            ["verdict"] = Kebab.Of(summary.Verdict),
            ["toolVersion"] = manifest.ToolVersion,
        });
        Resource(json, "plan", manifest.PlanSha256, []);
        foreach (var (path, sha256) in manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            Resource(json, path, sha256, []);
        }

        foreach (var target in manifest.Targets)
        {
            json.WriteStartObject();
            json.WriteString("name", $"{target.Role} {target.Name}");
            json.WriteString("uri", target.Location);
            json.WriteStartObject("annotations");
            foreach (var (name, value) in target.Facts)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Resource(Utf8JsonWriter json, string name, string sha256, Dictionary<string, string> annotations)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        Digest(json, sha256);
        if (annotations.Count > 0)
        {
            json.WriteStartObject("annotations");
            foreach (var (key, value) in annotations)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Digest(Utf8JsonWriter json, string sha256)
    {
        json.WriteStartObject("digest");
        json.WriteString("sha256", sha256);
        json.WriteEndObject();
    }

    private static void Tests(Utf8JsonWriter json, string name, Summary summary, FindingVerdict verdict)
    {
        json.WriteStartArray(name);
        foreach (var finding in summary.Findings.Where(finding => finding.Kind is "gate" or "guard"
            && finding.Verdict == verdict))
        {
            json.WriteStringValue($"{finding.Objective} in {finding.Phase} of {finding.Target}");
        }

        json.WriteEndArray();
    }
}
