using System.Globalization;
using System.Text;
using System.Text.Json;
using ChaosBench.Chaos;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>The table of docs/faults.md.</summary>
internal static class FaultPage
{
    private const string Begin = "<!-- matrix: begin -->";
    private const string End = "<!-- matrix: end -->";

    private static string Path => Repository.Path("docs", "faults.md");

    /// <param name="Facts">Vantage, scope and fidelity.</param>
    internal sealed record Row(string Fault, string Facts, int Applied, string Observable, string Verdict);

    public static string Facts(FaultKind kind) => $"{Word(kind.Vantage)} / {Word(kind.Scope)} / {Word(kind.Fidelity)}";

    public static IReadOnlyList<Row> Read()
    {
        var text = File.ReadAllText(Path);
        var table = text[text.IndexOf(Begin, StringComparison.Ordinal)..text.IndexOf(End, StringComparison.Ordinal)];
        return [.. table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line =>
        {
            var cells = line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray();
            return new Row(cells[0].Trim('`'), cells[1], int.TryParse(cells[2], CultureInfo.InvariantCulture, out var applied) ? applied : 0, cells[3], cells[4]);
        })];
    }

    public static async Task WriteAsync(MatrixRuns runs, string card)
    {
        var table = new StringBuilder(Begin).Append("\n| fault | vantage / scope / fidelity | applied | observable in the journal | verdict |\n|---|---|---|---|---|\n");
        foreach (var kind in FaultCatalogue.All)
        {
            if (kind.Name == card)
            {
                table.Append(CultureInfo.InvariantCulture, $"| `{kind.Name}` | {Facts(kind)} | - | what is held and what is left of the card | refused without a card, with the reason |\n");
                continue;
            }

            var seen = await runs.SeenAsync(kind.Name);
            var row = runs.RowOf(kind.Name);
            var verdict = !row.IsSeen(seen) ? "not seen" : seen.States[^1] == FaultState.Healed ? "seen, healed" : "seen, not healed";
            table.Append(CultureInfo.InvariantCulture, $"| `{kind.Name}` | {Facts(kind)} | {Math.Max(seen.Applied, seen.Hits.Count)} | {row.Observable} | {verdict} |\n");
        }

        var text = File.ReadAllText(Path);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path, text[..from] + table + text[to..]);
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
