using System.Globalization;
using System.Text;
using System.Text.Json;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>
/// The plots' data as the page's script reads it. Every character that HTML or a script could take for its own (<c>&lt; &gt; &amp;</c>,
/// quotes, U+2028, all beyond ASCII) is written as an escape, so that the text cannot leave its element.
/// </summary>
internal static class PlotJson
{
    /// <summary>Bytes for the plots of single kinds of requests; kinds beyond it have their table alone.</summary>
    private const long MostOfSlices = 1_100_000;

    public static string Write(PlotData data)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Number(json, "bucket", data.BucketSeconds);
            json.WriteNumber("buckets", data.Buckets);
            json.WriteBoolean("open", data.OpenWorkload);
            Array(json, "phases", data.Phases, phase => WritePhase(json, phase));
            Array(json, "faults", data.FaultWindows, window => WriteWindow(json, window));
            Counts(json, "planned", data.Planned);
            Array(json, "targets", data.Targets, target => WriteTarget(json, target));
            json.WriteStartObject("slice");
            Number(json, "bucket", data.CohortBucketSeconds);
            json.WriteNumber("buckets", data.CohortBuckets);
            json.WriteEndObject();
            var room = json.BytesCommitted + json.BytesPending + MostOfSlices;
            Array(json, "dimensions", data.Dimensions, dimension => WriteDimension(json, dimension, room));
            Array(json, "servers", data.Servers, server => WriteServer(json, server));
            json.WriteStartObject("generator");
            Numbers(json, "inFlight", data.Generator.InFlight);
            Numbers(json, "cpu", data.Generator.CpuCores);
            Numbers(json, "gc", data.Generator.GcPauseMs);
            json.WriteEndObject();
            json.WriteStartObject("memory");
            foreach (var (whose, bytes) in data.Memory)
            {
                Numbers(json, whose, bytes);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WritePhase(Utf8JsonWriter json, PlotPhase phase)
    {
        json.WriteString("name", Show.Words(Kebab.Of(phase.Phase)));
        Number(json, "start", phase.Start);
        Number(json, "end", phase.End);
    }

    private static void WriteWindow(Utf8JsonWriter json, FaultWindow window)
    {
        json.WriteString("name", window.Fault);
        Number(json, "start", window.Start);
        Number(json, "end", window.End);
        json.WriteBoolean("observed", window.Observed);
    }

    private static void WriteTarget(Utf8JsonWriter json, TargetSeries target)
    {
        json.WriteString("name", target.Target);
        Counts(json, "sent", target.Sent);
        Counts(json, "completed", target.Completed);
        json.WriteStartObject("outcomes");
        foreach (var (outcome, counts) in target.Outcomes.OrderBy(outcome => outcome.Key))
        {
            Counts(json, Kebab.Of(outcome), counts);
        }

        json.WriteEndObject();
        WritePercentiles(json, "ttft", target.Ttft);
        WritePercentiles(json, "e2e", target.E2e);
        WritePercentiles(json, "gap", target.TokenGap);
        WriteHeat(json, "ttftHeat", target.TtftHeat);
        WriteHeat(json, "e2eHeat", target.E2eHeat);
    }

    /// <summary>A column is its first row, then the counts from there on.</summary>
    private static void WriteHeat(Utf8JsonWriter json, string name, HeatMap heat)
    {
        json.WriteStartObject(name);
        json.WriteNumber("together", heat.Together);
        json.WriteStartArray("columns");
        foreach (var column in heat.Columns)
        {
            json.WriteStartArray();
            var (first, last) = column.Count == 0 ? (0, -1) : (column.Keys.Min(), column.Keys.Max());
            if (column.Count > 0)
            {
                json.WriteNumberValue(first);
            }

            for (var row = first; row <= last; row++)
            {
                json.WriteNumberValue(column.GetValueOrDefault(row));
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteServer(Utf8JsonWriter json, ServerSeries server)
    {
        json.WriteString("name", server.Name);
        Numbers(json, "running", server.Running);
        Numbers(json, "waiting", server.Waiting);
        Numbers(json, "cache", server.Cache);
        WritePercentiles(json, "ttft", server.Ttft);
    }

    private static void WritePercentiles(Utf8JsonWriter json, string name, PercentileSeries series)
    {
        json.WriteStartObject(name);
        if (series.Count.Any(count => count > 0))
        {
            Counts(json, "n", series.Count);
            Numbers(json, "p50", series.P50);
            Numbers(json, "p90", series.P90);
            Numbers(json, "p99", series.P99);
        }

        json.WriteEndObject();
    }

    /// <param name="room">Of all bytes written, up to which slices get plots of their own.</param>
    private static void WriteDimension(Utf8JsonWriter json, CohortDimension dimension, long room)
    {
        json.WriteString("name", dimension.Name);
        Array(json, "slices", dimension.Slices, slice =>
        {
            json.WriteString("value", slice.Value);
            json.WriteString("target", slice.Target);
            json.WriteNumber("requests", slice.Requests);
            if (slice.Series is { } series && json.BytesCommitted + json.BytesPending < room)
            {
                json.WriteStartObject("series");
                WriteTarget(json, series);
                json.WriteEndObject();
            }

            WriteCurve(json, "ttft", slice.Ttft);
            WriteCurve(json, "e2e", slice.E2e);
        });
    }

    /// <summary>Points are pairs: nines of the percentile (-log10(1 - p)), seconds.</summary>
    private static void WriteCurve(Utf8JsonWriter json, string name, LatencyCurve curve)
    {
        json.WriteStartObject(name);
        json.WriteNumber("n", curve.Count);
        json.WriteNumber("failed", curve.Failed);
        json.WriteStartArray("points");
        foreach (var point in curve.Points)
        {
            json.WriteStartArray();
            json.WriteRawValue(Text(-Math.Log10(1 - point.Share) + 0));
            json.WriteRawValue(Text(point.Seconds));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Array<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Counts(Utf8JsonWriter json, string name, IEnumerable<long> counts)
    {
        json.WriteStartArray(name);
        foreach (var count in counts)
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IEnumerable<double?> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteRawValue(number is { } value && double.IsFinite(value) ? Text(value) : "null");
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(Text(number));
    }

    /// <summary>Four digits are more than a plot can show.</summary>
    private static string Text(double number) => number == 0 ? "0" : number.ToString("G5", CultureInfo.InvariantCulture);
}
