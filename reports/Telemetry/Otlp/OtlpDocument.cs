using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace ChaosBench.Reports.Telemetry.Otlp;

/// <summary>
/// <c>ExportTraceServiceRequest</c> and <c>ExportMetricsServiceRequest</c> of OTLP 1.x, which are also <c>TracesData</c> and
/// <c>MetricsData</c> on disk. Field numbers and names: opentelemetry-proto, <c>trace/v1/trace.proto</c>, <c>metrics/v1/metrics.proto</c>.
/// </summary>
public static class OtlpDocument
{
    private const int Cumulative = 2;
    private const int Error = 2;
    private const uint Sampled = 1;

    /// <summary>UTF-8, on one line without its end.</summary>
    public static byte[] Json(OtlpSource source, IReadOnlyList<Span> spans) => Json(output => Write(output, source, spans));

    public static byte[] Json(OtlpSource source, IReadOnlyList<Metric> metrics) => Json(output => Write(output, source, metrics));

    public static byte[] Protobuf(OtlpSource source, IReadOnlyList<Span> spans)
    {
        var output = new OtlpProtobuf();
        Write(output, source, spans);
        return output.Written.ToArray();
    }

    public static byte[] Protobuf(OtlpSource source, IReadOnlyList<Metric> metrics)
    {
        var output = new OtlpProtobuf();
        Write(output, source, metrics);
        return output.Written.ToArray();
    }

    private static byte[] Json(Action<OtlpOutput> write)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(new OtlpJson(json));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(OtlpOutput output, OtlpSource source, IReadOnlyList<Span> spans) => output.Messages(1, "resourceSpans", [spans], (resource, all) =>
    {
        Resource(resource, source);
        resource.Messages(2, "scopeSpans", [all], (scope, items) =>
        {
            Scope(scope, source);
            scope.Messages(2, "spans", items, WriteSpan);
            scope.Text(3, "schemaUrl", OtlpSource.SchemaUrl);
        });
        resource.Text(3, "schemaUrl", OtlpSource.SchemaUrl);
    });

    private static void Write(OtlpOutput output, OtlpSource source, IReadOnlyList<Metric> metrics) => output.Messages(1, "resourceMetrics", [metrics], (resource, all) =>
    {
        Resource(resource, source);
        resource.Messages(2, "scopeMetrics", [all], (scope, items) =>
        {
            Scope(scope, source);
            scope.Messages(2, "metrics", items, WriteMetric);
            scope.Text(3, "schemaUrl", OtlpSource.SchemaUrl);
        });
        resource.Text(3, "schemaUrl", OtlpSource.SchemaUrl);
    });

    private static void Resource(OtlpOutput output, OtlpSource source) =>
        output.Message(1, "resource", source, (resource, from) => resource.Messages(1, "attributes", from.Resource, WriteAttribute));

    private static void Scope(OtlpOutput output, OtlpSource source) => output.Message(1, "scope", source, (scope, from) =>
    {
        scope.Text(1, "name", OtlpSource.ScopeName);
        scope.Text(2, "version", from.ToolVersion);
    });

    private static void WriteSpan(OtlpOutput output, Span span)
    {
        TraceId(output, 1, span.Trace);
        SpanId(output, 2, "spanId", span.Id);
        if (span.Parent is { } parent)
        {
            SpanId(output, 4, "parentSpanId", parent);
        }

        output.Text(5, "name", span.Name);
        output.Small(6, "kind", (int)span.Kind);
        output.Fixed(7, "startTimeUnixNano", (ulong)span.Start);
        output.Fixed(8, "endTimeUnixNano", (ulong)span.End);
        output.Messages(9, "attributes", span.Attributes, WriteAttribute);
        output.Messages(11, "events", span.Events, WriteEvent);
        output.Messages(13, "links", span.Links, WriteLink);
        if (span.Error is { } error)
        {
            output.Message(15, "status", error, static (status, message) =>
            {
                status.Text(2, "message", message);
                status.Small(3, "code", Error);
            });
        }

        output.FixedSmall(16, "flags", Sampled);
    }

    private static void WriteEvent(OtlpOutput output, SpanEvent happening)
    {
        output.Fixed(1, "timeUnixNano", (ulong)happening.At);
        output.Text(2, "name", happening.Name);
        output.Messages(3, "attributes", happening.Attributes, WriteAttribute);
    }

    private static void WriteLink(OtlpOutput output, SpanLink link)
    {
        TraceId(output, 1, link.Trace);
        SpanId(output, 2, "spanId", link.Span);
        output.Messages(4, "attributes", link.Attributes, WriteAttribute);
    }

    private static void WriteMetric(OtlpOutput output, Metric metric)
    {
        output.Text(1, "name", metric.Name);
        output.Text(2, "description", metric.Description);
        output.Text(3, "unit", metric.Unit);
        switch (metric.Data)
        {
            case MetricData.Gauge gauge:
                output.Message(5, "gauge", gauge, static (data, all) => data.Messages(1, "dataPoints", all.Points, WriteNumber));
                break;
            case MetricData.Count count:
                output.Message(7, "sum", count, static (data, all) =>
                {
                    data.Messages(1, "dataPoints", all.Points, WriteNumber);
                    data.Small(2, "aggregationTemporality", Cumulative);
                    data.Flag(3, "isMonotonic", true);
                });
                break;
            case MetricData.Histogram histogram:
                output.Message(9, "histogram", histogram, static (data, all) =>
                {
                    data.Messages(1, "dataPoints", all.Points, WriteHistogram);
                    data.Small(2, "aggregationTemporality", Cumulative);
                });
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void WriteNumber(OtlpOutput output, NumberPoint point)
    {
        if (point.Start > 0)
        {
            output.Fixed(2, "startTimeUnixNano", (ulong)point.Start);
        }

        output.Fixed(3, "timeUnixNano", (ulong)point.At);
        output.Real(4, "asDouble", point.Value);
        output.Messages(7, "attributes", point.Attributes, WriteAttribute);
    }

    private static void WriteHistogram(OtlpOutput output, HistogramPoint point)
    {
        output.Fixed(2, "startTimeUnixNano", (ulong)point.Start);
        output.Fixed(3, "timeUnixNano", (ulong)point.At);
        output.Fixed(4, "count", (ulong)point.Count);
        output.Real(5, "sum", point.Sum);
        output.Fixeds(6, "bucketCounts", point.Counts);
        output.Reals(7, "explicitBounds", point.Bounds);
        output.Messages(9, "attributes", point.Attributes, WriteAttribute);
        if (point.Min is { } least && point.Max is { } most)
        {
            output.Real(11, "min", least);
            output.Real(12, "max", most);
        }
    }

    private static void WriteAttribute(OtlpOutput output, KeyValue attribute)
    {
        output.Text(1, "key", attribute.Key);
        output.Message(2, "value", attribute.Value, WriteValue);
    }

    private static void WriteValue(OtlpOutput output, AttributeValue value)
    {
        switch (value)
        {
            case AttributeValue.Text text:
                output.ChosenText(1, "stringValue", text.Value);
                break;
            case AttributeValue.Flag flag:
                output.Flag(2, "boolValue", flag.Value);
                break;
            case AttributeValue.Whole whole:
                output.Whole(3, "intValue", whole.Value);
                break;
            case AttributeValue.Real real:
                output.Real(4, "doubleValue", real.Value);
                break;
            case AttributeValue.Texts texts:
                output.Message(5, "arrayValue", texts.Values, static (array, all) =>
                    array.Messages(1, "values", all, static (one, text) => one.ChosenText(1, "stringValue", text)));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void TraceId(OtlpOutput output, int number, TraceId trace)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, trace.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], trace.Low);
        output.Id(number, "traceId", bytes);
    }

    private static void SpanId(OtlpOutput output, int number, string name, ulong span)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, span);
        output.Id(number, name, bytes);
    }
}
