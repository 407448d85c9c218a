using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Calibrating;

/// <summary>What reports and pages say of a calibration that is made up.</summary>
public sealed class GateQuoteTests
{
    private static readonly MachineFacts Machine = new("Linux", "x64", "10.0", "EPYC", 2, 1L << 30);

    private static DrawnRate Rate(int hits) => new(hits, 1000, Math.Max(0, (hits / 1000.0) - 0.01), Math.Min(1, (hits / 1000.0) + 0.01));

    private static GateRow Row(int pairs, int failed, int open, int found) => new(
        pairs, pairs * 2, Rate(failed), Rate(open), 0.093, [new FoundRate("+10%", Rate(found), Rate(0))]);

    private static readonly GateCalibration Known = new()
    {
        ToolVersion = "0.1.0", MeasuredUtc = new DateTimeOffset(2026, 11, 21, 20, 0, 0, TimeSpan.Zero), Machine = Machine,
        Scenario = "gate", ScenarioFile = "scenarios/gate.yaml", ScenarioSha256 = "ab", Seed = 1, Target = "onnx <triage>", ArmSeconds = 1,
        RequestsPerArm = 60, Recorded = new Dictionary<string, int> { ["same"] = 120, ["+10%"] = 120 }, Draws = 1000, Run = 4,
        Gates =
        [
            new GateErrors
            {
                Gate = "p99 e2e <= +5% vs baseline", Metric = MetricId.E2e, Aggregation = AggregationKind.Percentile, Percent = 99,
                LimitKind = LimitKind.RelativeToBaseline, Limit = 0.05, Unit = "relative", Pairs = 32,
                Rows = [Row(8, 2, 700, 300), Row(32, 4, 150, 870)],
                Effects = [new RegressionEffect("same", 120, 0.001, -0.01, 0.012), new RegressionEffect("+10%", 120, 0.1, 0.08, 0.12)],
            },
        ],
        Live = [new LiveVerdict("same", 32, "pass", new Dictionary<string, string> { ["p99 e2e <= +5% vs baseline"] = "pass" }, "live/1")],
    };

    [Fact]
    public void Sentence_SameMargin_SaysRatesPairsDayAndMachine()
    {
        var gate = Some.Gate("p99 e2e <= 5% vs baseline");
        var sentence = GateQuote.Of(Known, [gate], Machine)!.Sentence(gate, 40)!;

        Assert.StartsWith("On this machine 'p99 e2e <= +5% vs baseline' fails an identical build in 0.4 % [", sentence, StringComparison.Ordinal);
        Assert.Contains("of runs with 32 pairs and says nothing of it in 15 % [14 %, 16 %]; it finds +10 % latency in 87 % [86 %, 88 %].", sentence, StringComparison.Ordinal);
        Assert.EndsWith("(Estimated by resampling 120 recorded pairs of 'gate', 60 requests in a turn of 1 s; 2026-11-21, EPYC, 2 cores.)", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_FewerPairsThanWereTried_QuotesTheRowBelow() =>
        Assert.Contains("of runs with 8 pairs", GateQuote.Of(Known, [Some.Gate("p99 e2e <= 5% vs baseline")], Machine)!
            .Sentence(Some.Gate("p99 e2e <= 5% vs baseline"), 20), StringComparison.Ordinal);

    [Fact]
    public void Sentence_OtherMargin_SaysSo()
    {
        var gate = Some.Gate("p99 e2e <= 25% vs baseline");
        Assert.Contains("the margin of this run's gate is another: p99 e2e <= 25% vs baseline", GateQuote.Of(Known, [gate], Machine)!.Sentence(gate, 32), StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_GateOnAnswers_SaysNothingOfSlowness()
    {
        var gate = Some.Gate("accuracy >= 0.97 vs baseline");
        var known = Known with { Gates = [Known.Gates[0] with { Metric = gate.Metric, Aggregation = gate.Aggregation.Kind, Percent = gate.Aggregation.Percent, LimitKind = gate.LimitKind }] };

        Assert.DoesNotContain("it finds", GateQuote.Of(known, [gate], Machine)!.Sentence(gate, 40), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Contrast.Clean)]
    [InlineData(Contrast.Baseline)]
    public void Of_GateUnderCorruptedInput_IsNothing(Contrast contrast) =>
        Assert.Null(GateQuote.Of(Known, [Some.Gate("p99 e2e <= 5% vs baseline") with { UnderCorruption = contrast }], Machine));

    [Theory]
    [InlineData("p50 e2e <= 5% vs baseline")]
    [InlineData("p99 ttft <= 5% vs baseline")]
    [InlineData("p99 e2e <= 0.1 vs baseline")]
    public void Of_OtherMetricQuantileOrKind_IsNothing(string gate) => Assert.Null(GateQuote.Of(Known, [Some.Gate(gate)], Machine));

    [Fact]
    public void Of_OtherMachineOrDoubt_IsNothing()
    {
        Objective[] gates = [Some.Gate("p99 e2e <= 5% vs baseline")];
        Assert.NotNull(GateQuote.Of(Known, gates, Machine with { MemoryBytes = null }));
        Assert.Null(GateQuote.Of(Known, gates, Machine with { Cores = 64 }));
        Assert.Null(GateQuote.Of(Known with { Doubts = ["late"] }, gates, Machine));
    }

    [Fact]
    public void Files_OfACalibration_SayTheSameEverywhere()
    {
        using var folder = new Support.TempFolder();
        GateFiles.Write(folder.Path, Known);
        var read = RunFiles.Read<GateCalibration>(Path.Combine(folder.Path, GateCalibration.FileName), GateCalibration.CurrentSchema);
        var (markdown, page) = (File.ReadAllText(Path.Combine(folder.Path, GateFiles.MarkdownName)), File.ReadAllText(Path.Combine(folder.Path, GateFiles.PageName)));

        Assert.Equal(0.004, read.Gates[0].Rows[1].FalseFailures.Value);
        Assert.Contains("| **32** | 64 s | 0.4 % [", markdown, StringComparison.Ordinal);
        Assert.Contains("The goals hold with 32 pairs, 64 s of load.", markdown, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.Contains("onnx &lt;triage&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }
}
