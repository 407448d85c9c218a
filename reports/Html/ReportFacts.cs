using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Telemetry.Scraping;
using ChaosBench.Reports.Writers;
using ChaosBench.Reports.Writers.Postmortem;

namespace ChaosBench.Reports.Html;

/// <summary>What <c>report.html</c> shows beside the summary and the journal. All of it is shown as text, whatever it holds.</summary>
public sealed record ReportFacts
{
    /// <summary>The scenario's own description. Null: none was written.</summary>
    public string? Description { get; init; }

    /// <summary>The gates as resolved, one line each. Empty: nothing was asked, and the page says so.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>The same in plain words.</summary>
    public IReadOnlyList<string> Criteria { get; init; } = [];

    /// <summary>The command that repeats this run. Null: not known.</summary>
    public string? ReplayCommand { get; init; }

    /// <summary>What the generator was measured to manage on this machine. Null: not known.</summary>
    public string? Calibration { get; init; }

    /// <summary>How often the gates of the scenario are wrong on this machine, one sentence each. Empty: not known.</summary>
    public IReadOnlyList<string> GateErrors { get; init; } = [];

    /// <summary>Wrong answers with their texts, the most telling first. Empty: none were wrong, or no texts were kept.</summary>
    public IReadOnlyList<WorstAnswer> Answers { get; init; } = [];

    /// <summary>How the candidate is made otherwise than the baseline of an A/B run. Empty outside of one.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>What both versions of an A/B run have alike. Empty outside of one.</summary>
    public IReadOnlyList<Change> Alike { get; init; } = [];

    /// <summary>What the run means for those who pay for it. Null: nothing was measured.</summary>
    public Business? Business { get; init; }

    /// <summary>The draft of the post-mortem. Null: nothing was broken.</summary>
    public Draft? Postmortem { get; init; }

    /// <summary>What the servers said of themselves. Empty: nobody asked them.</summary>
    public IReadOnlyList<ServerFigure> Servers { get; init; } = [];

    /// <summary>Names and values in the order to be shown: model hashes, seed, plan hash, machine.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Manifest { get; init; } = [];

    /// <summary>From a finished run: what its manifest and the start of its journal say.</summary>
    public static ReportFacts Of(RunReport run) => new()
    {
        Description = DescriptionOf(run.Manifest.ResolvedScenario),
        Gates = [.. run.Measurements.Run.Gates.Select(gate => gate.Text)],
        Criteria = [.. run.Measurements.Run.Gates.Select(Judging.Criteria.Sentence)],
        ReplayCommand = Replay.Command(run),
        Calibration = CalibrationSentence(run),
        GateErrors = Calibrating.GateQuote.Sentences(run),
        Changes = Comparing.Changes.Within(run.Manifest),
        Alike = Comparing.Changes.AlikeWithin(run.Manifest),
        Business = Business.Of(run.Summary, run.Measurements),
        Postmortem = PostmortemDraft.Of(run),
        Servers = ServerFigure.All(run.Measurements.Servers),
        Answers = WorstAnswers.Of(run.Journal, run.Content, run.Measurements.Candidate, run.Measurements.Baseline),
        Manifest = [.. Facts(run.Manifest), .. run.Measurements.Tokens.Sentence() is { } tokens ? [new KeyValuePair<string, string>("output tokens", tokens)] : Array.Empty<KeyValuePair<string, string>>()],
    };

    /// <summary>Quoted by the reports beside what the generator did in this run.</summary>
    internal static string? CalibrationSentence(RunReport run)
    {
        var planned = run.Measurements.Run;
        var seconds = planned.Phases.Count > 0 ? Scenarios.Nanos.ToSeconds(planned.Phases[^1].End) : 0;
        return run.Manifest.Calibration?.Sentence(seconds > 0 ? planned.PlannedArrivals / seconds : null);
    }

    private static string? DescriptionOf(JsonElement? scenario) =>
        scenario is { ValueKind: JsonValueKind.Object } fields && fields.TryGetProperty("description", out var text)
            && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static IEnumerable<KeyValuePair<string, string>> Facts(Manifest manifest)
    {
        yield return new("scenario file", manifest.ScenarioFile);
        yield return new("scenario sha-256", manifest.ScenarioSha256);
        if (manifest.Commit is { } commit)
        {
            yield return new("commit", commit);
        }

        foreach (var target in manifest.Targets)
        {
            yield return new(target.Role, $"{target.Name}: {target.Type} {target.Location}");
            foreach (var (name, value) in target.Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
            {
                yield return new($"{target.Role} {name}", value);
            }
        }

        var machine = manifest.Machine;
        yield return new("machine", $"{machine.Os}, {machine.Architecture}, .NET {machine.DotNet}");
        var memory = machine.MemoryBytes is { } bytes
            ? string.Create(CultureInfo.InvariantCulture, $", {bytes / (double)(1 << 30):0.#} GiB") : "";
        yield return new("processor", $"{machine.Cpu ?? "unknown"}, {machine.Cores} cores{memory}");
        foreach (var (path, sha256) in manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            yield return new(path, sha256);
        }
    }
}
