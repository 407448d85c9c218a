using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Reports.Calibrating;

/// <summary><c>gate.md</c>: what was found, then the rates by number of pairs.</summary>
public static class GateMarkdown
{
    public static string Render(GateCalibration found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var text = new StringBuilder();
        text.Append($"## How often these gates are wrong: {Markdown.Code(found.Scenario)}\n\n");
        foreach (var doubt in found.Doubts)
        {
            text.Append($"> **Not to be relied on:** {Markdown.Text(doubt)}\n\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Measured {found.MeasuredUtc.UtcDateTime:yyyy-MM-dd HH:mm} UTC on {Markdown.Text(found.Machine.Cpu ?? "an unknown processor")}, "
            + $"{found.Machine.Cores} cores; {Markdown.Text(found.Target)} on both sides; turns of {Wording.Duration(found.ArmSeconds)} with "
            + $"{Wording.Number(found.RequestsPerArm)} requests, two a pair. {GateWords.Label(found)} Brackets: Wilson, 95 %. ");
        text.Append(CultureInfo.InvariantCulture, $"Goals: at most {Wording.Percent(GateGoals.MostFalseFailures)} of identical builds fail, at most "
            + $"{Wording.Percent(GateGoals.MostInconclusive)} stay undecided, at least {Wording.Percent(GateGoals.LeastFound)} of +10 % (or of wrong answers) are found.\n");
        foreach (var gate in found.Gates)
        {
            Append(text, found, gate);
        }

        Live(text, found);
        if (found.ReplayCommand is { } command)
        {
            text.Append($"\n```sh\n{Markdown.Plain(command)}\n```\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, GateCalibration found, GateErrors gate)
    {
        text.Append($"\n### {Markdown.Code(gate.Gate)}\n\n{Markdown.Text(GateWords.Goals(gate))}\n");
        var kinds = gate.Rows.Count > 0 ? gate.Rows[0].Found.Select(kind => kind.Regression).ToList() : [];
        text.Append("\n| pairs | time | identical build fails | identical build undecided |"
            + $"{string.Concat(kinds.Select(kind => $" {Markdown.Text(GateWords.Regression(kind))} fails |"))} found in 80 % |\n");
        text.Append($"|---:|---:|---:|---:|{string.Concat(kinds.Select(_ => "---:|"))}---:|\n");
        foreach (var row in gate.Rows)
        {
            var mark = row.Pairs == gate.Pairs ? "**" : "";
            text.Append(CultureInfo.InvariantCulture, $"| {mark}{row.Pairs}{mark} | {Wording.Duration(row.Seconds)} | {GateWords.Of(row.FalseFailures)} | "
                + $"{GateWords.Of(row.Inconclusive)} |{string.Concat(row.Found.Select(kind => $" {GateWords.Of(kind.Failed)} |"))} {GateWords.Detectable(gate, row)} |\n");
        }

        text.Append(Ranges(gate) is { Length: > 0 } ranges ? $"\n{Markdown.Text(ranges)}\n" : "").Append("\n| what was done | pairs | what it did to the metric |\n|---|---:|---|\n");
        foreach (var effect in gate.Effects)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Markdown.Text(GateWords.Regression(effect.Regression))} | {effect.Pairs} | {Seen(effect, gate.Unit)} |\n");
        }
    }

    /// <summary>What other recordings might have said, of the one row for which it was asked.</summary>
    internal static string Ranges(GateErrors gate) => gate.Rows.FirstOrDefault(row => row.FalseFailures.From is not null) is not { } row ? ""
        : string.Create(CultureInfo.InvariantCulture, $"With {row.Pairs} pairs, and the recorded pairs drawn again too: identical build fails {GateWords.Long(row.FalseFailures)}; "
            + $"undecided {GateWords.Long(row.Inconclusive)}{string.Concat(row.Found.Select(kind => $"; {GateWords.Regression(kind.Regression)} fails {GateWords.Long(kind.Failed)}"))}.");

    internal static string Seen(RegressionEffect effect, string unit) => effect switch
    {
        { Seen: { } seen, Low: { } low, High: { } high } =>
            $"{Wording.Quantity(seen, unit)}, {Wording.Quantity(low, unit)} to {Wording.Quantity(high, unit)}",
        { Seen: { } seen } => Wording.Quantity(seen, unit),
        _ => "no number",
    };

    private static void Live(StringBuilder text, GateCalibration found)
    {
        if (found.Live.Count == 0)
        {
            return;
        }

        text.Append("\n### Verdicts of whole runs\n\n| what was done | pairs | runs | gate | fail | inconclusive | pass |\n|---|---:|---:|---|---:|---:|---:|\n");
        foreach (var row in LiveRow.Of(found.Live))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Markdown.Text(GateWords.Regression(row.Regression))} | {row.Pairs} | {row.Runs} | {Markdown.Code(row.Gate)} | "
                + $"{row.Failed} | {row.Inconclusive} | {row.Passed} |\n");
        }
    }
}

/// <summary>Live verdicts of one gate under one regression.</summary>
internal sealed record LiveRow(string Regression, int Pairs, string Gate, int Runs, int Failed, int Inconclusive, int Passed)
{
    public static IEnumerable<LiveRow> Of(IEnumerable<LiveVerdict> live) => live
        .SelectMany(run => run.Verdicts.Select(gate => (run.Regression, run.Pairs, Gate: gate.Key, Verdict: gate.Value)))
        .GroupBy(one => (one.Regression, one.Pairs, one.Gate))
        .Select(group => new LiveRow(
            group.Key.Regression, group.Key.Pairs, group.Key.Gate, group.Count(), group.Count(one => one.Verdict == "fail"),
            group.Count(one => one.Verdict == "inconclusive"), group.Count(one => one.Verdict == "pass")));
}
