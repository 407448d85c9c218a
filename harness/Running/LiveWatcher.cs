using System.Globalization;
using ChaosBench.Engine;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;
using Spectre.Console;

namespace ChaosBench.Harness.Running;

/// <summary>A progress bar with rate, percentiles, a sparkline and the active faults, redrawn once a second.</summary>
internal sealed class LiveWatcher(IAnsiConsole console) : IRunWatcher
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int History = 30;
    private readonly Queue<double> _recent = new();
    private string _name = "";

    public void Started(Plan plan, string folder)
    {
        _name = Printable.Line(plan.Scenario.Name, 60);
        _recent.Clear();
        console.MarkupLineInterpolated($"[bold]{_name}[/]  {RunWords.Describe(plan)}");
        console.MarkupLineInterpolated($"[grey]{folder}[/]");
    }

    public void Report(RunProgress value)
    {
        if (value.TtftP99 is { } p99 && double.IsFinite(p99))
        {
            _recent.Enqueue(p99);
            if (_recent.Count > History)
            {
                _recent.Dequeue();
            }
        }

        if (Prompt is not null)
        {
            return;
        }

        var share = Math.Clamp(value.Elapsed / value.Total, 0, 1);
        // One line that overwrites itself; longer than the terminal it would scroll. A narrow one goes without the pictures.
        var room = Math.Max(20, console.Profile.Width - 1);
        var words = RunWords.Describe(value).Trim();
        var cells = Math.Clamp(room - words.Length - 1, 0, 20);
        var filled = (int)(share * cells);
        var line = $"{new string('█', filled)}{new string('░', cells - filled)} {words}  {Sparkline()}".TrimStart();
        Draw(line);
    }

    public string? Prompt
    {
        get => field;
        set
        {
            field = value;
            Draw(value ?? "");
        }
    }

    /// <summary>Above the live line, which comes back with the next second.</summary>
    public void Tell(string line) => console.Profile.Out.Writer.Write("\r\u001b[2K" + line + Environment.NewLine + (Prompt ?? ""));

    private void Draw(string line)
    {
        var room = Math.Max(20, console.Profile.Width - 1);
        console.Profile.Out.Writer.Write("\r\u001b[2K" + (line.Length > room ? line[..room] : line));
    }

    public void Ended(Summary summary, string folder)
    {
        console.Profile.Out.Writer.Write("\r\u001b[2K");
        var colour = summary.Verdict switch
        {
            RunVerdict.Pass => "green",
            RunVerdict.Fail => "red",
            _ => "yellow",
        };
        console.MarkupLine($"[bold {colour}]{Markup.Escape(RunWords.Verdict(summary))}[/]");
        foreach (var finding in summary.Findings.Where(finding => finding.Verdict != FindingVerdict.Pass).Take(12))
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  {finding.Verdict.ToString().ToLowerInvariant()}: {Printable.Line(finding.Objective)}: {Printable.Line(finding.Advice)}");
        }

        console.MarkupLineInterpolated($"[grey]{Path.Combine(folder, "report.html")}[/]");
    }

    private string Sparkline()
    {
        if (_recent.Count < 2)
        {
            return "";
        }

        var top = _recent.Max();
        return string.Concat(_recent.Select(value => Bars[top <= 0 ? 0 : (int)Math.Min(Bars.Length - 1, value / top * Bars.Length)]));
    }
}
