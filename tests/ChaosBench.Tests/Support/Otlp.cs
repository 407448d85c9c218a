using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ChaosBench.Tests.Support;

/// <summary>OTLP's protobuf, decoded by the official message definitions as the npm package of OpenTelemetry's own exporter has them.</summary>
internal static class Otlp
{
    /// <param name="traces">Else metrics.</param>
    /// <returns>The message in OTLP's JSON form: names as in the proto files, 64-bit numbers as text, ids as hex.</returns>
    public static JsonNode Decode(byte[] message, bool traces)
    {
        var modules = Path.Combine(Repository.Root, "node_modules");
        var root = Path.Combine(modules, "@opentelemetry", "otlp-transformer", "build", "src", "generated", "root.js");
        Skip.IfNot(File.Exists(root), "node_modules/@opentelemetry/otlp-transformer is missing: build the solution, which fetches the npm parts");
        var script = $$"""
            const root = require({{JsonValue.Create(root).ToJsonString()}}).opentelemetry.proto.collector;
            const type = {{(traces ? "root.trace.v1.ExportTraceServiceRequest" : "root.metrics.v1.ExportMetricsServiceRequest")}};
            const bytes = Buffer.from(require('fs').readFileSync(0, 'utf8'), 'base64');
            const ids = new Set(['traceId', 'spanId', 'parentSpanId']);
            const hex = value => {
              if (Array.isArray(value)) return value.map(hex);
              if (value === null || typeof value !== 'object') return value;
              return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, ids.has(key) ? Buffer.from(one, 'base64').toString('hex') : hex(one)]));
            };
            console.log(JSON.stringify(hex(type.toObject(type.decode(bytes), { longs: String, enums: Number, bytes: String }))));
            """;
        var start = new ProcessStartInfo("node", ["-e", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync();
        node.StandardInput.Write(Convert.ToBase64String(message));
        node.StandardInput.Close();
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, errors.GetAwaiter().GetResult());
        return JsonNode.Parse(output)!;
    }
}
