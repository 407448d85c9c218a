using ChaosBench.Scenarios.Files.Gates;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class GateParserTests
{
    public static TheoryData<string, MetricId, string, Comparison, double, LimitKind> Understood => new()
    {
        { "p99 ttft < 800ms", MetricId.Ttft, "p99", Comparison.Less, 0.8, LimitKind.Absolute },
        { "p99.9 ttft<800ms", MetricId.Ttft, "p99.9", Comparison.Less, 0.8, LimitKind.Absolute },
        { "mean e2e <= 1.5s", MetricId.E2e, "mean", Comparison.LessOrEqual, 1.5, LimitKind.Absolute },
        { "max token_gap < 2s", MetricId.TokenGap, "max", Comparison.Less, 2, LimitKind.Absolute },
        { "min tpot > 250us", MetricId.Tpot, "min", Comparison.Greater, 0.00025, LimitKind.Absolute },
        { "error_rate <= 1%", MetricId.ErrorRate, "", Comparison.LessOrEqual, 0.01, LimitKind.Absolute },
        { "error_rate <= 0", MetricId.ErrorRate, "", Comparison.LessOrEqual, 0, LimitKind.Absolute },
        { "attainment >= 95%", MetricId.Attainment, "", Comparison.GreaterOrEqual, 0.95, LimitKind.Absolute },
        { "accuracy >= 0.95", MetricId.Accuracy, "", Comparison.GreaterOrEqual, 0.95, LimitKind.Absolute },
        { "goodput >= 20/s", MetricId.Goodput, "", Comparison.GreaterOrEqual, 20, LimitKind.Absolute },
        { "request_rate >= 600/min", MetricId.RequestRate, "", Comparison.GreaterOrEqual, 10, LimitKind.Absolute },
        { "residual_recovery <= 10s", MetricId.ResidualRecovery, "", Comparison.LessOrEqual, 10, LimitKind.Absolute },
        { "recovered within 10s", MetricId.ResidualRecovery, "", Comparison.LessOrEqual, 10, LimitKind.Absolute },
        { "detected within 2s", MetricId.TimeToDetect, "", Comparison.LessOrEqual, 2, LimitKind.Absolute },
        { "p99 e2e <= +5% vs baseline", MetricId.E2e, "p99", Comparison.LessOrEqual, 0.05, LimitKind.RelativeToBaseline },
        { "p99 e2e <= +20ms vs baseline", MetricId.E2e, "p99", Comparison.LessOrEqual, 0.02, LimitKind.DifferenceToBaseline },
        { "accuracy >= -1pp vs baseline", MetricId.Accuracy, "", Comparison.GreaterOrEqual, -0.01, LimitKind.DifferenceToBaseline },
        { "accuracy >= -2% vs baseline", MetricId.Accuracy, "", Comparison.GreaterOrEqual, -0.02, LimitKind.RelativeToBaseline },
        { "cost_per_success <= 0.002", MetricId.CostPerSuccess, "", Comparison.LessOrEqual, 0.002, LimitKind.Absolute },
        { "cost_per_success <= +2% vs baseline", MetricId.CostPerSuccess, "", Comparison.LessOrEqual, 0.02, LimitKind.RelativeToBaseline },
        { "memory_slope < 1MiB/min", MetricId.MemorySlope, "", Comparison.Less, 1048576.0 / 60, LimitKind.Absolute },
        { "memory_slope < 3KiB/s", MetricId.MemorySlope, "", Comparison.Less, 3072, LimitKind.Absolute },
        { "drift of outputs within reference", MetricId.OutputDrift, "", Comparison.LessOrEqual, 0, LimitKind.Absolute },
        { "prompt_drift <= 25%", MetricId.PromptDrift, "", Comparison.LessOrEqual, 0.25, LimitKind.Absolute },
        { "bias <= 5pp", MetricId.Bias, "", Comparison.LessOrEqual, 0.05, LimitKind.Absolute },
        { "goodput >= -2/s vs baseline", MetricId.Goodput, "", Comparison.GreaterOrEqual, -2, LimitKind.DifferenceToBaseline },
    };

    [Theory]
    [MemberData(nameof(Understood))]
    public void Parse_Statement_IsUnderstood(string text, MetricId metric, string aggregation, Comparison comparison, double limit, LimitKind kind)
    {
        var parsed = GateParser.Parse(text);

        Assert.Null(parsed.Flaw);
        var objective = parsed.Value.Objective;
        Assert.Equal((text, metric, aggregation, comparison, kind), (objective.Text, objective.Metric, objective.Aggregation.ToString(), objective.Comparison, objective.LimitKind));
        Assert.Equal(limit, objective.Limit, 12);
    }

    [Fact]
    public void Parse_PhaseAndCohort_InEitherOrder()
    {
        foreach (var text in new[] { "p95 e2e < 900ms in fault for temperature=0.7,prompts=tickets", "p95 e2e < 900ms for temperature=0.7 and prompts=tickets in fault", "p95 e2e < 900ms for temperature=0.7, prompts=tickets in fault" })
        {
            var objective = GateParser.Parse(text).Value.Objective;

            Assert.Equal(Phase.Fault, objective.Phase);
            Assert.Equal(new Dictionary<string, string> { ["temperature"] = "0.7", ["prompts"] = "tickets" }, objective.Cohort);
        }
    }

    [Theory]
    [InlineData("p99 e2e <= +5% vs baseline", true)]
    [InlineData("p99 e2e < 1s", false)]
    [InlineData("accuracy >= -2pp vs baseline under corrupted input", false)]
    [InlineData("accuracy >= -5pp under corrupted input", false)]
    [InlineData("cost_per_success <= +2% vs baseline", false)]
    public void IsByPairs_OnlyWhatPairsOfBlocksDecide(string text, bool expected) =>
        Assert.Equal(expected, GateParser.Parse(text).Value.Objective.IsByPairs());

    [Theory]
    [InlineData("accuracy >= -5pp under corrupted input", Contrast.Clean, -0.05, LimitKind.DifferenceToBaseline)]
    [InlineData("accuracy >= -2pp vs baseline under corrupted input in fault", Contrast.Baseline, -0.02, LimitKind.DifferenceToBaseline)]
    [InlineData("p95 e2e <= +20% under corrupted input", Contrast.Clean, 0.2, LimitKind.RelativeToBaseline)]
    public void Parse_UnderCorruptedInput_IsAChange(string text, Contrast contrast, double limit, LimitKind kind)
    {
        var objective = GateParser.Parse(text).Value.Objective;

        Assert.Equal((contrast, kind), (objective.UnderCorruption, objective.LimitKind));
        Assert.Equal(limit, objective.Limit, 12);
    }

    [Fact]
    public void Parse_AbortCondition_TakesADuration() =>
        Assert.Equal(TimeSpan.FromSeconds(5), GateParser.Parse("error_rate > 50% for 5s", isAbort: true).Value.Hold);

    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "0: the text ends where a metric belongs; write it like p99 ttft < 800ms" },
        { "p99", "3: the text ends where a metric belongs; write it like p99 ttft < 800ms" },
        { "p99 ttft", "8: the text ends where a comparison belongs; write it like p99 ttft < 800ms" },
        { "p99 ttft <", "10: the text ends where a limit belongs; write it like <= 800ms" },
        { "ttft < 800ms", "0: ttft has one value per request or more; one number is needed; say which: p99 ttft < 800ms" },
        { "p99 error_rate < 1%", "0: error_rate is one number, it has no p99; write error_rate < 1%" },
        { "p99 ttft_ok < 1s", "4: ttft_ok leaves out the requests that failed, so it cannot gate; write ttft, where a failed request is infinitely late; or info: to show it only" },
        { "p99 tfft < 1s", "4: there is no metric 'tfft'; did you mean 'ttft'?" },
        { "p99 latency < 1s", "4: there is no metric 'latency'; here it is called e2e, or ttft for the first token" },
        { "throughput > 5/s", "0: there is no metric 'throughput'; here it is called request_rate, goodput or output_token_rate" },
        { "p100 ttft < 1s", "0: 'p100' is not between p0 and p100; write min or max for the ends" },
        { "P99 ttft < 1s", "0: 'P99' is not a percentile; write p50, p99 or p99.9" },
        { "p99th ttft < 1s", "0: 'p99th' is not a percentile; write p50, p99 or p99.9" },
        { "avg ttft < 1s", "0: 'avg' is called mean here; write mean" },
        { "median ttft < 1s", "0: the median is called p50 here; write p50" },
        { "p99 ttft = 1s", "9: '=' is not a comparison; measured numbers are never equal; write <= or >=" },
        { "p99 ttft ≤ 1s", "9: '≤' is not a comparison; write <=" },
        { "p99 ttft below 1s", "9: 'below' is not a comparison; write <, <=, > or >=" },
        { "p99 ttft < 800", "11: '800' has no unit; write 800s or 800ms" },
        { "p99 ttft < 5%", "11: ttft is a duration, and '5%' is not; write a duration, 800ms" },
        { "goodput >= 95%", "11: goodput is a rate, and '95%' is not; write attainment for the share of good requests: attainment >= 95%" },
        { "attainment >= 20/s", "14: attainment is a share, and '20/s' is not; write goodput for good requests a second: goodput >= 20/s" },
        { "accuracy >= 95", "12: '95' is not a share of accuracy; write 95%, or a fraction below 1" },
        { "accuracy >= 1", "12: '1' is not a share of accuracy; write 100% or 1%" },
        { "accuracy >= 101%", "12: '101%' is more than the whole; write a share from 0% to 100%" },
        { "accuracy >= 5pp", "12: percentage points are a difference; write 5%, or +5pp vs baseline" },
        { "accuracy >= -1pp", "12: the change '-1pp' of what?; write -1pp vs baseline, -1pp under corrupted input, or a limit without a sign" },
        { "p99 e2e <= 5% vs baseline", "11: '5%' beside vs baseline has no sign; write +5% or -5% vs baseline" },
        { "p99 e2e <= +5pp vs baseline", "11: e2e is not a share, so it has no percentage points; write +5% vs baseline" },
        { "accuracy >= -1 vs baseline", "12: '-1' has no unit; write -1% (relative) or -1pp (percentage points)" },
        { "accuracy >= -1ms vs baseline", "12: '-1ms' is not a change of a share; write it like -1pp or -2%" },
        { "p99 e2e <= +5% vs stable", "18: 'stable' is nothing to compare with; write vs baseline" },
        { "p99 ttft < 1s in warmUp", "17: warm-up is excluded from every metric; write in baseline, in fault or in recovery" },
        { "p99 ttft < 1s in chaos", "17: 'chaos' is not a phase; write in baseline, in fault or in recovery" },
        { "p99 ttft < 1s during fault", "14: 'during' is not understood here; after the limit come vs baseline, under corrupted input, in PHASE and for NAME=VALUE" },
        { "p99 ttft < 1s for 5s", "14: a gate is judged over a whole phase, not for a duration; leave out the duration, or write in fault, in recovery" },
        { "p99 ttft < 1s for temperature=", "18: 'temperature=' is not NAME=VALUE; write for temperature=0.7,prompts=tickets" },
        { "p99 ttft < 1s for batch=1,batch=2", "18: the tag 'batch' stands twice; a request carries one value of it; write two gates" },
        { "similarity within gold", "18: 'gold' is nothing that a similarity can be within; write similarity within golden" },
        { "recovered within ten", "17: 'ten' is not a duration; write a number and a unit, for example 800ms or 1.5s" },
        { "accuracy >= -5pp under stress", "23: 'stress' is nothing that a gate can be under; write under corrupted input" },
        { "accuracy >= 80% under corrupted input", "37: 'accuracy >= 80% under corrupted input' is no change that corrupted input makes; write a share in points, accuracy >= -5pp under corrupted input, or a percentile in per cent, p95 e2e <= +20% under corrupted input" },
        { "goodput >= -2/s vs baseline under corrupted input", "49: 'goodput >= -2/s vs baseline under corrupted input' is no change that corrupted input makes; write a share in points, accuracy >= -5pp under corrupted input, or a percentile in per cent, p95 e2e <= +20% under corrupted input" },
        { "drift of costs within reference", "9: 'costs' is nothing that drifts here; write drift of outputs, or drift of prompts" },
        { "drift of outputs within golden", "24: 'golden' is not understood here; write drift of outputs within reference" },
        { "memory_slope < 1MiB", "15: '1MiB' is no growth of memory; write a size by time, 1MiB/min; /s, /min or /h" },
        { "memory_slope < fast/min", "15: 'fast' is not a size; write a whole number and a unit, for example 4KiB" },
        { "cost_per_success <= 5s", "20: '5s' is not an amount of money; write a number in the currency of the prices, 0.002" },
        { "cost_per_success <= +1 vs baseline", "20: '+1' is not a change of a cost; write it like +2% vs baseline" },
        { "request_rate >= 5", "16: '5' has no unit; write 5/s or 5/min" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_Mistake_IsAnsweredWithWhatWasMeant(string text, string expected)
    {
        var flaw = GateParser.Parse(text).Flaw;

        Assert.NotNull(flaw);
        Assert.Equal(expected, FormattableString.Invariant($"{flaw.Offset}: {flaw.Wrong}; {flaw.Right}"));
    }

    [Fact]
    public void Parse_EveryMetric_HasAFormThatIsUnderstood()
    {
        foreach (var metric in Metrics.All)
        {
            var limit = Metrics.UnitOf(metric) switch { MetricUnit.Share => "95%", MetricUnit.PerSecond => "5/s", MetricUnit.Money => "0.01", MetricUnit.BytesPerSecond => "1MiB/min", _ => "1s" };
            var text = $"{(Metrics.IsDistribution(metric) ? "p99 " : "")}{Metrics.NameOf(metric)} <= {limit}";

            Assert.Equal(metric, GateParser.Parse(text, GateKind.Info).Value?.Objective.Metric);
        }
    }

    [Fact]
    public void Parse_SuccessesAlone_MayBeShown() =>
        Assert.Equal(GateKind.Info, GateParser.Parse("p99 ttft_ok < 1s", GateKind.Info).Value.Objective.Kind);
}
