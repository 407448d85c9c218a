using System.Globalization;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// NBomber's <c>.txt</c> and <c>.md</c> reports, which differ in their back-quotes and frames: a scenario, its counts, a table of each step, and
/// at last its status codes. A scenario without these was cut.
/// </summary>
internal sealed class NBomberText : IResultFormat
{
    private static readonly (string Word, string Statistic)[] Times =
        [("min", "min"), ("mean", "mean"), ("max", "max"), ("StdDev", "std"), ("p50", "p50"), ("p75", "p75"), ("p95", "p95"), ("p99", "p99")];

    public string Name => "nbomber";
    public string Summary => "NBomber's report as text or Markdown";

    public bool Fits(ResultFile file) => file.Begins is not ((byte)'{' or (byte)'[' or 0)
        && file.Lines.Take(40).Select(line => Plain(line.Text)).ToList() is var lines
        && lines.Contains("test info") && lines.Exists(line => line.StartsWith("scenario: ", StringComparison.Ordinal));

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var lines = file.Lines.Select(line => line with { Text = Plain(line.Text) }).ToList();
        var starts = lines.Index().Where(line => line.Item.Text.StartsWith("scenario: ", StringComparison.Ordinal)).Select(line => line.Index).ToList();
        if (starts.Count == 0)
        {
            throw new ImportException($"{file.Name}: no scenario is in it; name the report that NBomber has finished");
        }

        var open = file.Lines is [.., { Ended: false } last] ? FormattableString.Invariant($"the last line ({last.Number}) has no end: the report is cut") : null;
        var form = file.Lines.Any(line => line.Text.StartsWith("> ", StringComparison.Ordinal)) ? "markdown" : "text";
        return [.. starts.Select((start, i) => lines[start..(i + 1 < starts.Count ? starts[i + 1] : lines.Count)]).SelectMany(part => Runs(file, form, part))
            .Select((run, i) => (open is null ? run : run with { Partial = true, Notes = [open, .. run.Notes] }) with { Number = i + 1 })];
    }

    private IEnumerable<ImportedRun> Runs(ResultFile file, string form, List<TextLine> part)
    {
        var scenario = After(part[0].Text, "scenario: ");
        var whole = part.Exists(line => line.Text.StartsWith("status codes for scenario", StringComparison.Ordinal));
        var duration = part.Select(line => After(line.Text, "- duration: ")).FirstOrDefault(text => text.Length > 0) ?? "";
        var steps = 0;
        var failures = false;
        FigureList? figures = null;
        var step = "";
        foreach (var line in part)
        {
            var cells = line.Text.Split('|', StringSplitOptions.TrimEntries);
            if (cells is not ["", var name, var value, ""])
            {
                continue;
            }

            failures = name == "step" ? value.StartsWith("fail", StringComparison.Ordinal) : failures;
            switch (name)
            {
                case "name" when !failures:
                    (figures, step) = (new FigureList(), value);
                    break;
                case "request count" when !failures && figures is not null:
                    Counts(file, line, value, figures);
                    break;
                case "latency (ms)" or "latency percentile (ms)" when !failures && figures is not null:
                    Latencies(file, line, value, figures);
                    break;
            }

            if (name == "latency percentile (ms)" && !failures && figures is not null)
            {
                steps++;
                var run = NBomberCsv.Of(Name, form, steps, (scenario, step), figures, duration);
                yield return whole ? run : run with { Partial = true, Notes = ["the report is cut: the scenario's status codes are missing", .. run.Notes] };
                figures = null;
            }
        }

        if (steps == 0)
        {
            throw new ImportException($"{file.Name}:{part[0].Number}: the scenario has no whole table of a step; the report is cut, or of a form that is not known");
        }
    }

    private static void Counts(ResultFile file, TextLine line, string value, FigureList figures)
    {
        var words = Words(file, line, value);
        double Of(string name) => words.TryGetValue(name, out var text) ? Number(file, line, text) : throw Wrong(file, line, $"'{name} = ' is missing");
        figures.Add(Of("ok"), "requests/ok", "value", "request count: ok");
        figures.Add(Of("all") - Of("ok"), "requests/failed", "value", "request count: all - ok");
        figures.Add(Of("all"), "requests/all", "value", "request count: all");
        figures.Add(Of("RPS"), "request_rate/ok-per-duration", "value", "request count: RPS", CsvTable.RoundingOf(words["RPS"]));
    }

    private static void Latencies(ResultFile file, TextLine line, string value, FigureList figures)
    {
        var words = Words(file, line, value);
        foreach (var (word, statistic) in Times.Where(time => words.ContainsKey(time.Word)))
        {
            figures.Add(Number(file, line, words[word]) * 1e-3, NBomberCsv.Latency, statistic, $"latency: {word}", CsvTable.RoundingOf(words[word]) * 1e-3);
        }
    }

    /// <summary><c>min = 32.85, mean = 134.59</c>.</summary>
    private static Dictionary<string, string> Words(ResultFile file, TextLine line, string value)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (pair.Split(" = ") is not [var name, var text] || !words.TryAdd(name, text))
            {
                throw Wrong(file, line, $"'{(pair.Length > 40 ? pair[..40] : pair)}' is no NAME = NUMBER");
            }
        }

        return words;
    }

    private static double Number(ResultFile file, TextLine line, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1e15
            ? value : throw Wrong(file, line, $"'{(text.Length > 40 ? text[..40] : text)}' is no number from 0 on");

    private static ImportException Wrong(ResultFile file, TextLine line, string what) =>
        new(FormattableString.Invariant($"{file.Name}:{line.Number}: {what}; name the report as NBomber wrote it"));

    private static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal).TrimStart('>', ' ').Trim();

    private static string After(string text, string head) => text.StartsWith(head, StringComparison.Ordinal) ? text[head.Length..].Trim() : "";
}
