using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Files.Gates;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Importing;

public sealed class ImportFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Write_RequestsOfAnotherTool_AreAnOrdinaryRun()
    {
        var (folder, run) = await WriteAsync(Run(200, 1.0, ttft: "ttft/first-content@send"));
        var again = RunFolder.Load(folder);
        Assert.Equal(RunVerdict.Pass, again.Summary.Verdict);
        Assert.Equal(200, again.Summary.Counts["arrivals"]);
        Assert.Equal(run.Summary.Targets["m"].Phases["all"]["ttft"].P50, again.Summary.Targets["m"].Phases["all"]["ttft"].P50);
        Assert.Equal("ttft/first-content@send", again.Summary.Import!.Definitions["ttft"]);
        Assert.DoesNotContain(again.Summary.Findings, finding => finding.Objective == "p99 dispatch_lag");
        Assert.Contains("Measured by Tool", File.ReadAllText(Path.Combine(folder, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_PlannedInstants_LatencyIsFromThereAndALateGeneratorDecidesNothing()
    {
        var requests = Enumerable.Range(0, 400).Select(i => Request(i, 0.1) with { Planned = i * 0.01, Sent = (i * 0.01) + 2 }).ToList();
        var (_, run) = await WriteAsync(Run(0, 1, "ttft/first-content@planned") with { Requests = requests }, "p50 ttft < 1s");
        Assert.Equal(2.1, run.Summary.Targets["m"].Phases["all"]["ttft"].P50!.Value, 6);
        Assert.Equal(RunVerdict.Inconclusive, run.Summary.Verdict);
        Assert.NotEmpty(run.Summary.Generator.Limited);
    }

    [Theory]
    [InlineData("p50 ttft < 2s", RunVerdict.Pass)]
    [InlineData("p50 ttft < 50ms", RunVerdict.Fail)]
    [InlineData("error_rate < 1%", RunVerdict.Pass)]
    public async Task Write_Gate_JudgesTheImportedRun(string gate, RunVerdict verdict)
    {
        var (_, run) = await WriteAsync(Run(400, 1, "ttft/first-content@send"), gate);
        Assert.Equal(verdict, run.Summary.Verdict);
    }

    [Theory]
    [InlineData("p50 ttft < 2s")]
    [InlineData("error_rate < 1%")]
    public async Task Write_GateOnTotalsOnly_IsInconclusive(string gate)
    {
        var totals = Run(0, 1, "ttft/first-content@send") with { Figures = [Figure("ttft/first-content@send", "p50", 0.4)] };
        var (_, run) = await WriteAsync(totals, gate);
        Assert.Equal(RunVerdict.Inconclusive, run.Summary.Verdict);
        Assert.Contains("no gate may rest on totals", run.Summary.Findings[0].Advice, StringComparison.Ordinal);
        Assert.Equal(gate.Contains("ttft", StringComparison.Ordinal), run.Summary.Findings[0].Advice.Contains("Tool itself tells 400 ms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_GateOnWhatTheFileDoesNotTell_IsInconclusive()
    {
        var run = Run(400, 1, "ttft/first-content@send+ok-only") with { Untold = ["error_rate", "attainment"] };
        var (_, judged) = await WriteAsync(run, "error_rate < 1%");
        Assert.Equal(RunVerdict.Inconclusive, judged.Summary.Verdict);
        Assert.False(judged.Summary.Targets["m"].Phases["all"].ContainsKey("error_rate"));
    }

    [Fact]
    public async Task Compare_OneDefinition_GivesAVerdictAndTwoDoNot()
    {
        var (one, before) = await WriteAsync(Run(400, 1.0, "ttft/first-content@send"));
        var (two, same) = await WriteAsync(Run(400, 2.0, "ttft/first-content@send"));
        var (three, other) = await WriteAsync(Run(400, 2.0, "ttft/first-choices-chunk@send"));
        var sound = Comparer.Compare((one, before), (two, same));
        var refused = Comparer.Compare((one, before), (three, other));
        Assert.Equal(FindingVerdict.Fail, sound.Metrics.Single(metric => metric.Metric == "p50 ttft").Verdict);
        var shown = refused.Metrics.Single(metric => metric.Metric == "p50 ttft");
        Assert.Equal((ReasonCodes.DifferentDefinition, FindingVerdict.Inconclusive, null), (shown.ReasonCode, shown.Verdict, shown.Change));
        Assert.Contains("NOT COMPARABLE: ttft/first-content@send is not ttft/first-choices-chunk@send", ComparisonWords.Render(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_TotalsOnly_ShowsTheFiguresAndDecidesNothing()
    {
        ImportedRun Totals(string definition, double value) => Run(0, 1, definition) with { Figures = [Figure(definition, "p99", value)] };
        var (one, before) = await WriteAsync(Totals("itl/chunk-pooled", 0.1));
        var (two, after) = await WriteAsync(Totals("itl/chunk-pooled", 0.2));
        var (three, other) = await WriteAsync(Totals("itl/request-mean", 0.2));
        var same = Comparer.Compare((one, before), (two, after));
        Assert.Equal(FindingVerdict.Inconclusive, same.Verdict);
        Assert.Equal(1.0, Assert.Single(same.Figures!).Change!.Value, 9);
        Assert.False(Assert.Single(Comparer.Compare((one, before), (three, other)).Figures!).Comparable);
    }

    [Fact]
    public async Task Compare_OtherOfferedLoad_IsADoubt()
    {
        var (one, before) = await WriteAsync(Run(400, 1, "ttft/first-content@send"));
        var slower = Run(400, 1, "ttft/first-content@send");
        var (two, after) = await WriteAsync(slower with { Requests = [.. slower.Requests.Select(request => request with { Sent = request.Sent * 2 })] });
        Assert.Contains(Comparer.Compare((one, before), (two, after)).Doubts, doubt => doubt.StartsWith("The runs were not asked the same", StringComparison.Ordinal));
    }

    private static PublishedFigure Figure(string definition, string statistic, double value) =>
        new() { Definition = definition, Statistic = statistic, Unit = "s", Value = value, Key = "k" };

    private static ImportedRun Run(int requests, double scale, string ttft) => new()
    {
        Format = "tool",
        Tool = "Tool",
        Form = "requests",
        Target = "m",
        StartedUtc = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Definitions = new Dictionary<string, string> { ["ttft"] = ttft, ["e2e"] = "e2e/last-content@send", ["tpot"] = "tpot/n-1" },
        Requests = [.. Enumerable.Range(0, requests).Select(i => Request(i, scale * (0.5 + (0.001 * (i * 37 % 100)))))],
    };

    private static ImportedRequest Request(int number, double first) => new()
    {
        Sent = number * 0.01, FirstToken = first, LastToken = first * 2, Outcome = Outcome.Completed, Counted = true, OutputTokens = 5,
    };

    private async Task<(string Folder, RunReport Run)> WriteAsync(ImportedRun run, params string[] gates)
    {
        var orders = new ImportOrders
        {
            FallbackStart = DateTimeOffset.UnixEpoch, ToolVersion = "test", Command = "chaosbench import results", Name = "imported",
            Gates = [.. gates.Select(gate => GateReader.Read(gate).Objective!)],
        };
        return await ImportFolder.WriteAsync(run, [ResultFileTests.Of("{}")], orders, _temp.Path, TimeProvider.System);
    }
}
