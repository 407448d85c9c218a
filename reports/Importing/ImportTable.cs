using System.Text;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Importing;

/// <summary>Many result files as one Markdown table: what was published beside what the requests give.</summary>
public static class ImportTable
{
    private static readonly (string Metric, string Statistic)[] Columns = [("ttft", "p50"), ("ttft", "p99"), ("e2e", "p50"), ("e2e", "p99")];

    public static string Render(IEnumerable<(ImportedRun Run, ImportFacts Facts)> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var text = new StringBuilder("| file | format | requests | ok | figures | made again | agree |");
        text.Append(string.Concat(Columns.Select(column => $" {column.Statistic} {column.Metric}: theirs | ours |"))).Append('\n');
        text.Append("|---|---|---:|---:|---:|---:|---:|").Append(string.Concat(Columns.Select(_ => "---:|---:|"))).Append('\n');
        foreach (var (run, facts) in runs)
        {
            var made = facts.Figures.Where(figure => figure.Recomputed is not null).ToList();
            var name = string.Join(" + ", facts.Files.Select(file => Short(file.Name))) + (run.Number > 1 ? FormattableString.Invariant($" ({run.Number})") : "");
            text.Append(FormattableString.Invariant($"| {Writers.Markdown.Text(name)} | {facts.Format} | "));
            text.Append(run.Requests.Count > 0
                ? FormattableString.Invariant($"{run.Requests.Count} | {run.Requests.Count(request => request.Outcome == Outcome.Completed)} | ") : "totals | | ");
            text.Append(FormattableString.Invariant($"{facts.Figures.Count} | {made.Count} | {made.Count(figure => figure.Agrees)} |"));
            text.Append(string.Concat(Columns.Select(column => $" {Published(facts, column)} | {Own(run, column)} |"))).Append('\n');
        }

        return text.ToString();
    }

    private static string Published(ImportFacts facts, (string Metric, string Statistic) of) =>
        facts.Figures.FirstOrDefault(figure => figure.Metric == of.Metric && figure.Statistic == of.Statistic) is { } figure ? ImportWords.Exact(figure.Value, figure.Unit) : "";

    /// <summary>Of the completed requests, from the send: what the tools publish.</summary>
    private static string Own(ImportedRun run, (string Metric, string Statistic) of)
    {
        var values = QuantileEstimators.Sorted([.. run.Requests.Where(request => request.Outcome == Outcome.Completed)
            .Select(request => of.Metric == "ttft" ? request.FirstToken : request.LastToken).OfType<double>()]);
        return values.Length == 0 ? "" : ImportWords.Exact(QuantileEstimators.OfSorted(values, of.Statistic == "p50" ? 0.5 : 0.99), "s");
    }

    /// <summary>The last folder and the file.</summary>
    private static string Short(string path) => string.Join('/', path.Replace('\\', '/').Split('/').TakeLast(2));
}
