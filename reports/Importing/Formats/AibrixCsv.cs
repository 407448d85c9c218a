using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// AIBrix's multi-round benchmark: CSV, one answered request a line, seconds; <c>launch_time</c> and <c>finish_time</c> in seconds of the epoch.
/// Requests that failed are not in it.
/// </summary>
internal sealed class AibrixCsv : IResultFormat
{
    private static readonly string[] Columns = ["prompt_tokens", "generation_tokens", "ttft", "generation_time", "launch_time", "finish_time"];

    public string Name => "aibrix";
    public string Summary => "AIBrix's benchmark output: CSV with ttft, generation_time, launch_time by request";

    public bool Fits(ResultFile file) => CsvTable.HasHeader(file, Columns);

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var table = CsvTable.Read(file, file.Lines);
        foreach (var column in Columns.Where(column => !table.Has(column)))
        {
            throw new ImportException($"{file.Name}:1: no column '{column}'; this is not a file of AIBrix's benchmark");
        }

        if (table.Rows.Count == 0)
        {
            throw new ImportException($"{file.Name}: no request is in it{(table.Cut is null ? "" : ": " + table.Cut)}");
        }

        var began = table.Rows.Min(row => table.Amount(row, "launch_time"));
        var users = new Dictionary<string, int>(StringComparer.Ordinal);
        var requests = table.Rows.Select((row, i) => Request(table, row, i, began, users)).ToList();
        return
        [
            new ImportedRun
            {
                Format = Name,
                Tool = "AIBrix benchmark",
                Form = "requests",
                StartedUtc = Addresses.Epoch(began),
                Duration = requests.Max(request => request.Sent + request.Ended),
                Requests = requests,
                Definitions = new Dictionary<string, string>
                {
                    ["ttft"] = "ttft/first-content@send+ok-only", ["e2e"] = "e2e/last-content@send+ok-only", ["tpot"] = "tpot/n-1",
                },
                Untold = ["error_rate", "attainment"],
                Partial = table.Cut is not null,
                Notes = [.. table.Cut is { } cut ? [cut] : Array.Empty<string>(), "The file lists answered requests alone: how many failed is not known."],
            },
        ];
    }

    private static ImportedRequest Request(CsvTable table, CsvRow row, int number, double began, Dictionary<string, int> users)
    {
        var (launch, finish) = (table.Amount(row, "launch_time"), table.Amount(row, "finish_time"));
        var first = table.Amount(row, "ttft");
        var last = first + table.Amount(row, "generation_time");
        if (Math.Abs(finish - launch - last) > 0.01 + (0.01 * last))
        {
            throw table.Wrong(row, "finish_time", FormattableString.Invariant($"is {finish - launch:0.###} s after launch_time, and ttft and generation_time make {last:0.###} s"));
        }

        int? conversation = null;
        if (table.Has("user_id"))
        {
            var user = table.Text(row, "user_id");
            conversation = users.TryGetValue(user, out var known) ? known : users[user] = number;
        }

        var tokens = table.Count(row, "generation_tokens");
        return new ImportedRequest
        {
            Sent = launch - began,
            FirstToken = first,
            LastToken = last,
            Ended = Math.Max(last, finish - launch),
            Outcome = tokens > 0 ? Outcome.Completed : Outcome.Empty,
            Counted = true,
            Reason = tokens > 0 ? null : "no output token",
            InputTokens = table.Count(row, "prompt_tokens"),
            OutputTokens = tokens,
            Conversation = conversation,
        };
    }
}
