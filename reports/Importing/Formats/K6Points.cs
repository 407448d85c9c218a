using System.Globalization;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// k6's samples (<c>--out json</c>): one <c>Metric</c> or <c>Point</c> a line. Every HTTP request has a point of <c>http_req_duration</c>
/// (milliseconds; sending, waiting, receiving) at the instant of its end. Other points are passed over.
/// </summary>
internal sealed class K6Points : IResultFormat
{
    public string Name => "k6";
    public string Summary => "k6's samples: lines of JSON of --out json";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && new JsonAt(file, first, "$") is var line
        && line["metric"] is not null && line["data"] is not null && line["type"] is { } type && type.Text() is "Metric" or "Point";

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var points = new List<(DateTimeOffset End, double Seconds, JsonAt? Tags)>();
        var lines = file.JsonLines(out var cut);
        foreach (var line in lines)
        {
            if (line["metric"]?.Text() == "http_req_duration" && line.Need("type").Text() == "Point")
            {
                var data = line.Need("data");
                points.Add((Instant(data.Need("time")), data.Need("value").Amount(1e-3), data["tags"]));
            }

            if (points.Count > ResultReading.MaxRequests)
            {
                throw new ImportException(FormattableString.Invariant($"{file.Name}: more than {ResultReading.MaxRequests} requests; cut the run into several files"));
            }
        }

        if (points.Count == 0)
        {
            throw new ImportException($"{file.Name}: no point of http_req_duration; only HTTP requests are read");
        }

        var began = points.Min(point => point.End.AddSeconds(-point.Seconds));
        return
        [
            new ImportedRun
            {
                Format = Name,
                Tool = "k6",
                Form = "points",
                StartedUtc = began.ToUniversalTime(),
                Duration = points.Max(point => (point.End - began).TotalSeconds),
                Requests = [.. points.Select(point => Request(point.End, point.Seconds, point.Tags, began))],
                Definitions = new Dictionary<string, string> { ["e2e"] = K6Summary.Duration },
                Percentiles = "pct/type7",
                Untold = ["ttft", "tpot"],
                Partial = cut is not null,
                Notes = cut is null ? [] : [cut],
            },
        ];
    }

    private static ImportedRequest Request(DateTimeOffset end, double seconds, JsonAt? tags, DateTimeOffset began)
    {
        string? Tag(string name) => tags?[name]?.Text();
        var status = int.TryParse(Tag("status"), CultureInfo.InvariantCulture, out var code) && code > 0 ? code : (int?)null;
        var told = Tag("error") ?? (Tag("error_code") is { Length: > 0 } number ? $"error {number}" : null);
        var outcome = Tag("expected_response") == "true" ? Outcome.Completed
            : status is { } known and >= 200 and < 400 ? Tag("expected_response") is null ? Outcome.Completed : Outcome.Failed
            : OutcomeOf(Tag("error_code"), told ?? "", status);
        return new ImportedRequest
        {
            Sent = (end - began).TotalSeconds - seconds,
            LastToken = seconds,
            Outcome = outcome,
            Counted = true,
            Reason = outcome == Outcome.Completed ? null : ErrorWords.Line(told ?? $"status {status}"),
            Status = status,
            Streamed = false,
            Group = Tag("name") is { } name ? ErrorWords.Line(name.Split('?')[0]) : null,
        };
    }

    /// <summary>k6's numbers: 1050 a time-out, 11xx names, 12xx connections, 1220 a reset, 13xx TLS, 14xx and 15xx statuses.</summary>
    private static Outcome OutcomeOf(string? code, string error, int? status) => code switch
    {
        _ when status is not null => ErrorWords.OutcomeOf(error, status),
        "1050" or "1211" => Outcome.TimedOut,
        "1220" => Outcome.Reset,
        ['1', '1' or '2', _, _] => Outcome.ConnectError,
        ['1', '3', _, _] => Outcome.TlsError,
        _ => ErrorWords.OutcomeOf(error),
    };

    private static DateTimeOffset Instant(JsonAt at) => DateTimeOffset.TryParse(at.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
        ? instant : throw at.Wrong("is no instant");
}
