using System.Text.Json.Nodes;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Reports.Telemetry.Otlp;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Telemetry;

/// <summary>Both encodings of OTLP against the official message definitions, by a decoder that this project did not write.</summary>
public sealed class OtlpDocumentTests
{
    private static readonly JournalEvent.RunStarted Start = Some.Run() with { Faults = [Some.Fault()], PlannedPerSecond = [1, 2, 3] };
    private static readonly TelemetryRun Run = new(Some.Manifest("steady"), Start);
    private static readonly OtlpSource Source = OtlpSource.Of(Run, [KeyValue.Of("service.name", "mine")]);

    private static IReadOnlyList<JournalEvent> Journal { get; } =
    [
        Start, .. Some.Requests(30, (number, at) => Some.Request(number, at, number % 5 == 0 ? Outcome.Failed : Outcome.Completed) with { InputTokens = 7, FinishReason = "stop" }),
        .. Some.Broken(), Some.Met("kill-1", InjectionKind.Applied, 30, "r000029"), Some.Request(31, 50) with { Reason = "hostile \u202E \uD800 \"<script>", Outcome = Outcome.Reset },
        Sample(1, 3), Sample(2, 5), Some.End(),
    ];

    [SkippableFact]
    public void Traces_Protobuf_IsWhatTheJsonSays()
    {
        var spans = new SpanFold(Run).Spans(Journal).ToList();
        var json = JsonNode.Parse(OtlpDocument.Json(Source, spans))!;

        var decoded = Otlp.Decode(OtlpDocument.Protobuf(Source, spans), traces: true);

        Assert.Equal(spans.Count, Spans(decoded).Count);
        foreach (var span in Spans(json))
        {
            // Younger than the definitions of the decoder, which passes it over.
            Assert.Equal(1, (int)span!["flags"]!);
            span.AsObject().Remove("flags");
        }

        AssertSame(json, decoded, "");
    }

    [SkippableFact]
    public void Metrics_Protobuf_IsWhatTheJsonSays()
    {
        var metrics = MetricFold.Of(Run, Journal);
        var json = JsonNode.Parse(OtlpDocument.Json(Source, metrics))!;

        var decoded = Otlp.Decode(OtlpDocument.Protobuf(Source, metrics), traces: false);

        Assert.Equal(metrics.Count, decoded["resourceMetrics"]![0]!["scopeMetrics"]![0]!["metrics"]!.AsArray().Count);
        AssertSame(json, decoded, "");
    }

    [Fact]
    public void Json_OfASpan_IsInOtlpsForm()
    {
        var spans = new SpanFold(Run).Spans(Journal).ToList();
        var first = Spans(JsonNode.Parse(OtlpDocument.Json(Source, spans))!)[0]!;

        Assert.Matches("^[0-9a-f]{32}$", (string)first["traceId"]!);
        Assert.Matches("^[0-9a-f]{16}$", (string)first["spanId"]!);
        Assert.Equal(spans[0].Start.ToString(), (string)first["startTimeUnixNano"]!);
        Assert.Equal(2, (int)first["status"]!["code"]!);
        Assert.All(first["attributes"]!.AsArray(), attribute => Assert.Single(attribute!["value"]!.AsObject()));
    }

    [Fact]
    public void Json_Resource_IsTheRunAndTheOperatorWins()
    {
        var resource = JsonNode.Parse(OtlpDocument.Json(Source, [Fold()]))!["resourceSpans"]![0]!["resource"]!["attributes"]!.AsArray()
            .ToDictionary(attribute => (string)attribute!["key"]!, attribute => (string)attribute!["value"]!["stringValue"]!);

        Assert.Equal("mine", resource["service.name"]);
        Assert.Equal(Run.Ids.RunId, resource["chaosbench.run.id"]);
        Assert.Equal("steady", resource["chaosbench.scenario"]);
    }

    private static Span Fold() => new SpanFold(Run).Spans(Journal).First();

    private static JsonArray Spans(JsonNode message) => message["resourceSpans"]![0]!["scopeSpans"]![0]!["spans"]!.AsArray();

    private static JournalEvent.ServerSample Sample(double at, double count) => new()
    {
        At = Some.S(at), Source = "server-1", Took = 5,
        Values = new Dictionary<string, double> { ["vllm:num_requests_running"] = count },
        Histograms = new Dictionary<string, ServerBuckets> { ["vllm:time_to_first_token_seconds"] = new([0.1, 0.5], [count, count + 2, count + 3], count) },
    };

    /// <summary>Every field of ours by its name and value, and none that only one of the two has.</summary>
    private static void AssertSame(JsonNode? ours, JsonNode? theirs, string path)
    {
        switch (ours, theirs)
        {
            case (JsonObject left, JsonObject right):
                Assert.True(left.Select(pair => pair.Key).Order().SequenceEqual(right.Select(pair => pair.Key).Order()), $"{path}: {left.ToJsonString()} against {right.ToJsonString()}");
                foreach (var (key, value) in left)
                {
                    AssertSame(value, right[key], $"{path}.{key}");
                }

                break;
            case (JsonArray left, JsonArray right):
                Assert.True(left.Count == right.Count, path);
                for (var at = 0; at < left.Count; at++)
                {
                    AssertSame(left[at], right[at], $"{path}[{at}]");
                }

                break;
            default:
                Assert.True(Plain(ours) == Plain(theirs), $"{path}: {Plain(ours)} against {Plain(theirs)}");
                break;
        }
    }

    private static string Plain(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<double>(out var number) ? number.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : node?.ToString() ?? "";
}
