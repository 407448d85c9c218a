using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Telemetry;

/// <summary>What telemetry says of a whole run: whose it is, and what its targets are called in the words of the semantic conventions.</summary>
public sealed class TelemetryRun
{
    /// <summary>The clock is told of within the first lines that follow the start of the targets, which say little.</summary>
    private const int MostLinesBeforeClock = 10_000;

    private readonly Dictionary<string, TargetNames> _targets;
    private readonly long _epoch;

    /// <param name="manifest">Of the run.</param>
    /// <param name="start">The first line of its journal.</param>
    /// <param name="zeroUtc">Wall time of the clock's 0. Null: not known, it is taken for the start of the run.</param>
    public TelemetryRun(Manifest manifest, JournalEvent.RunStarted start, DateTimeOffset? zeroUtc = null)
    {
        (Manifest, Start, Ids) = (manifest, start, TraceIds.Of(start));
        _epoch = checked(((zeroUtc ?? start.StartedUtc) - DateTimeOffset.UnixEpoch).Ticks * 100);
        _targets = manifest.Targets.GroupBy(target => target.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => TargetNames.Of(group.First(), manifest.ResolvedScenario), StringComparer.Ordinal);
    }

    public Manifest Manifest { get; }
    public JournalEvent.RunStarted Start { get; }
    public TraceIds Ids { get; }

    /// <summary>Nanoseconds since 1970.</summary>
    /// <param name="at">Nanoseconds from the start of the run.</param>
    public long Wall(long at) => _epoch + at;

    public TargetNames NamesOf(string target) => _targets.TryGetValue(target, out var names) ? names : TargetNames.Unknown(target);

    /// <summary>Reads manifest and start of the journal. Throws <see cref="JournalException"/> when one of them does not read.</summary>
    public static TelemetryRun Open(string folder)
    {
        var manifest = RunFiles.ReadManifest(folder);
        using var journal = JournalFile.Open(folder);
        JournalEvent.RunStarted? start = null;
        foreach (var entry in journal.Events().Take(MostLinesBeforeClock))
        {
            start ??= entry as JournalEvent.RunStarted;
            if (start is not null && entry is JournalEvent.ClockStarted clock)
            {
                return new TelemetryRun(manifest, start, clock.ZeroUtc);
            }
        }

        return start is null
            ? throw new JournalException("the journal is empty: the run stopped before its first line was written")
            : new TelemetryRun(manifest, start);
    }
}

/// <summary>A target in the words of the semantic conventions.</summary>
/// <param name="Role"><c>candidate</c> or <c>baseline</c>.</param>
/// <param name="Provider">Flavour of the interface: <c>openai</c> for anything that speaks it.</param>
/// <param name="Operation"><c>chat</c> or <c>text_completion</c>.</param>
/// <param name="Address">Host of a remote target. Null: it is served in the process that made the load.</param>
public sealed record TargetNames(string Name, string Role, string Provider, string Operation, string Model, string? Address, int? Port)
{
    /// <summary>On every span and point of the target.</summary>
    public IReadOnlyList<KeyValue> Attributes { get; } =
    [
        KeyValue.Of("gen_ai.operation.name", Operation), KeyValue.Of("gen_ai.provider.name", Provider), KeyValue.Of("gen_ai.request.model", Model),
        .. Address is null ? Array.Empty<KeyValue>() : [KeyValue.Of("server.address", Address), KeyValue.Of("server.port", (long)Port!.Value)],
        KeyValue.Of("chaosbench.target", Name),
    ];

    internal static TargetNames Unknown(string name) => new(name, "", "unknown", "chat", name, null, null);

    internal static TargetNames Of(TargetEntry target, JsonElement? scenario)
    {
        var settings = scenario is { ValueKind: JsonValueKind.Object } whole && whole.TryGetProperty(target.Role, out var found) ? found : default;
        var served = target.Type == "onnx";
        var model = (served ? target.Facts.GetValueOrDefault("model") : null) ?? Text(settings, "model") ?? target.Name;
        var isAzure = Text(settings, "apiVersion") is not null;
        return new TargetNames(
            target.Name, target.Role, served ? "chaosbench" : isAzure ? "azure.ai.openai" : "openai",
            Text(settings, "api") == "completions" ? "text_completion" : "chat", model, UrlOf(target)?.Host, UrlOf(target)?.Port);
    }

    private static Uri? UrlOf(TargetEntry target) =>
        target.Type != "onnx" && Uri.TryCreate(target.Location, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private static string? Text(JsonElement settings, string key) =>
        settings.ValueKind == JsonValueKind.Object && settings.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
