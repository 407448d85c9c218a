using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>A detection source as the manifest, the plan and people read it.</summary>
internal static class DetectionWords
{
    public static JsonNode Json(DetectionSource source) => new JsonObject
    {
        ["name"] = source.Name,
        ["means"] = source.Means.ToString().ToLowerInvariant(),
        ["fault"] = source.Fault,
        ["every"] = source.Look is DetectionLook.Webhook ? null : source.Every.TotalSeconds,
        ["heard"] = Text(source.Look),
    };

    /// <summary><c>pager  webhook on any free port, means detection</c>.</summary>
    public static string Line(DetectionSource source) =>
        $"{source.Name}  {Text(source.Look)}{(source.Look is DetectionLook.Webhook ? "" : FormattableString.Invariant($", every {source.Every.TotalSeconds:0.###}s"))}"
        + $", means {source.Means.ToString().ToLowerInvariant()}{(source.Fault is { } fault ? $" of {fault}" : "")}";

    private static string Text(DetectionLook look) => look switch
    {
        DetectionLook.Webhook { Port: 0 } => "webhook on any free port",
        DetectionLook.Webhook webhook => FormattableString.Invariant($"webhook on port {webhook.Port}"),
        DetectionLook.Http http => FormattableString.Invariant($"GET {Urls.Public(http.Url)} gives {http.Status ?? 200}")
            + (http.Contains is { } text ? $" with {Shown.Quoted(text)}" : ""),
        DetectionLook.Prometheus { Alert: { } alert } server => $"alert {Shown.Quoted(alert)} of {Urls.Public(server.Url)} fires",
        DetectionLook.Prometheus server => $"query {Shown.Quoted(server.Query!)} of {Urls.Public(server.Url)} has a result",
        DetectionLook.Command command => $"command {Shown.Quoted(string.Join(' ', command.Words))} exits 0",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
