using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// crank: a regression record, with the result before, after, and once it had recovered, each a JSON document inside a string; or the file of
/// <c>crank --json</c>. The job that made the load has keys <c>http/...</c>; latencies in milliseconds.
/// </summary>
internal sealed class CrankResults : IResultFormat
{
    private const string Latency = "e2e/wrk-latency@send";
    private const int MostRecords = 300;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private static readonly string[] Asked = ["scenario", "protocol"];

    private static readonly (string Key, string Definition, string Statistic, double Scale)[] Keys =
    [
        ("http/requests", "requests/all", "value", 1), ("http/requests/badresponses", "requests/bad-status", "value", 1),
        ("http/requests/errors", "requests/socket-errors", "value", 1), ("http/rps/mean", "request_rate/all-per-duration", "value", 1),
        ("http/latency/mean", Latency, "mean", 1e-3), ("http/latency/max", Latency, "max", 1e-3), ("http/latency/50", Latency, "p50", 1e-3),
        ("http/latency/75", Latency, "p75", 1e-3), ("http/latency/90", Latency, "p90", 1e-3), ("http/latency/99", Latency, "p99", 1e-3),
    ];

    public string Name => "crank";
    public string Summary => "crank's regression records, or its --json results";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && new JsonAt(file, first, "$") is var root
        && (root["Regressions"] is not null || root["jobResults"]?["jobs"] is not null);

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var root = file.Json();
        if (root["jobResults"] is { } own)
        {
            return [Run(own, "result", 1)];
        }

        var runs = new List<ImportedRun>();
        foreach (var record in root.Need("Regressions").Items(MostRecords))
        {
            foreach (var (key, form) in new[] { ("PreviousResult", "before"), ("CurrentResult", "after"), ("RecoveredResult", "recovered") })
            {
                if (record[key] is { } result)
                {
                    runs.Add(Recorded(record, result, form, runs.Count + 1));
                }
            }
        }

        return runs;
    }

    private ImportedRun Recorded(JsonAt record, JsonAt result, string form, int number)
    {
        var run = Run(Document(result.Need("Document")), form, number);
        return run with
        {
            Target = result["Description"]?.Text() ?? run.Target,
            StartedUtc = result["DateTimeUtc"] is { } date ? DateTimeOffset.TryParse(date.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw date.Wrong("is no instant") : null,
            Notes = [.. run.Notes, .. Words(record)],
        };
    }

    private static JsonAt Document(JsonAt text)
    {
        try
        {
            return new JsonAt(text.File, JsonElement.Parse(text.Kind == JsonValueKind.String ? text.Element.GetString()! : "", Strict), text.Path + "~");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new ImportException($"{text.File.Name}:{text.Path}: the text in it is no whole JSON; name the record as crank wrote it");
        }
    }

    private ImportedRun Run(JsonAt document, string form, int number)
    {
        var jobs = document.Need("jobs");
        var load = jobs.Keys.Select(name => (Name: name, Results: jobs[name]!.Value["results"])).FirstOrDefault(job => job.Results?["http/requests"] is not null);
        if (load.Results is not { } results)
        {
            throw jobs.Wrong("has no job with 'http/requests': none of them made the load");
        }

        var figures = new FigureList();
        foreach (var (key, definition, statistic, scale) in Keys)
        {
            figures.Add(results[key], definition, statistic, scale);
        }

        var properties = document["properties"];
        return new ImportedRun
        {
            Format = Name,
            Tool = "crank",
            Form = form,
            Number = number,
            Target = properties?["scenario"]?.Text(),
            Settings = Asked.Where(key => properties?[key] is not null).ToDictionary(key => key, key => properties!.Value[key]!.Value.Text()),
            Figures = figures.All,
            Definitions = new Dictionary<string, string> { ["e2e"] = Latency },
            Percentiles = "pct/wrk",
            Notes = [$"Figures of the job '{ErrorWords.Line(load.Name)}', which made the load{(properties?["buildNumber"] is { } build ? $"; build {build.Text()}" : "")}."],
        };
    }

    private static IEnumerable<string> Words(JsonAt record)
    {
        if (record["Change"] is { } change && record["StandardDeviation"] is { } deviation && record["Average"] is { } average)
        {
            var away = deviation.Number() > 0 ? FormattableString.Invariant($", {change.Number() / deviation.Number():0.##} of them") : "";
            yield return FormattableString.Invariant(
                $"The regression: a change by {change.Number():0.##} from a mean of {average.Number():0.##} with a standard deviation of {deviation.Number():0.##}{away}; of what value, the record does not say.");
        }

        if (record["Changes"] is { Kind: JsonValueKind.Array } changes)
        {
            yield return FormattableString.Invariant($"{changes.Items(100_000).Count()} parts of the system changed their version between before and after.");
        }
    }
}
