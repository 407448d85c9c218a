using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;

namespace ChaosBench.Tests.Reports.Calibrating;

/// <summary>Rates from made-up pairs whose truth is known.</summary>
public sealed class GateEstimateTests
{
    private static readonly GateEstimate Estimate = new(seed: 9, draws: 200);

    private static GateErrors Of(string gate, params (string Name, IReadOnlyList<Measurements> Rounds)[] kinds) =>
        Estimate.Of(Some.Gate(gate), kinds.ToDictionary(kind => kind.Name, kind => kind.Rounds), pairSeconds: 2);

    [Theory]
    [InlineData("p50 ttft <= +0% vs baseline")]
    [InlineData("p99 ttft <= +0% vs baseline")]
    public void Of_IdenticalBuildsWithoutAMargin_FailAboutAsOftenAsTheConfidenceAllows(string gate)
    {
        // One recording has one mean, which may lie to either side of 0: eight of them together have none.
        var rates = Enumerable.Range(0, 8).Select(seed => Of(gate, ("same", Recorded.Rounds(20, seed: (ulong)seed))))
            .Select(errors => errors.Rows.Single(row => row.Pairs == 12).FalseFailures.Value).ToList();

        Assert.InRange(rates.Average(), 0.005, 0.12);
    }

    [Fact]
    public void Of_MarginOfFivePercent_PassesTheSameBuildAndFindsTenPercent()
    {
        var errors = Of("p99 ttft <= +5% vs baseline",
            ("same", Recorded.Rounds(60)), ("+10%", Recorded.Rounds(60, 1.10, seed: 2)), ("+5%", Recorded.Rounds(60, 1.05, seed: 3)));
        var row = errors.Rows[^1];

        Assert.Equal(60, errors.Effects[0].Pairs);
        Assert.InRange(row.FalseFailures.Value, 0, 0.05);
        Assert.InRange(row.Found.Single(found => found.Regression == "+10%").Failed.Value, 0.8, 1);
        // On the margin itself a fail is an error of its own, and must be rare.
        Assert.InRange(row.Found.Single(found => found.Regression == "+5%").Failed.Value, 0, 0.3);
        Assert.InRange(errors.Effects.Single(effect => effect.Regression == "+10%").Seen!.Value, 0.07, 0.13);
        Assert.NotNull(errors.Pairs);
        Assert.True(errors.Rows.Where(tried => tried.Pairs >= errors.Pairs).All(tried => tried.FalseFailures.Value <= 0.05));
    }

    [Fact]
    public void Of_MorePairs_DetectLess()
    {
        var rows = Of("p50 ttft <= +5% vs baseline", ("same", Recorded.Rounds(80))).Rows;
        var (few, many) = (rows.First(row => row.Pairs == 8).Detectable!.Value, rows.First(row => row.Pairs == 64).Detectable!.Value);

        Assert.True(many < few, $"{many} with 64 pairs, {few} with 8");
        Assert.InRange(many, 0.05, 0.10);
        Assert.Equal(16, rows.First(row => row.Pairs == 8).Seconds);
    }

    [Fact]
    public void Of_ChosenRow_SaysWhatTheRecordingLeavesOpen()
    {
        var errors = Of("p50 ttft <= +5% vs baseline", ("same", Recorded.Rounds(40)), ("+10%", Recorded.Rounds(40, 1.1, seed: 2)));
        var told = errors.Rows.Single(row => row.FalseFailures.From is not null);

        Assert.Equal(errors.Pairs, told.Pairs);
        Assert.InRange(told.Found[0].Failed.From!.Value, 0, told.Found[0].Failed.To!.Value);
    }

    [Fact]
    public void Of_WorseAnswers_AreFoundByTheGateOnThem()
    {
        var errors = Of("accuracy >= -0.03 vs baseline", ("same", Recorded.Rounds(40)), ("undertrained", Recorded.Rounds(40, seed: 2, wrong: 0.2)));

        Assert.Equal("pp", errors.Unit);
        Assert.InRange(errors.Rows[^1].Found[0].Failed.Value, 0.95, 1);
        Assert.InRange(errors.Rows[^1].FalseFailures.Value, 0, 0.05);
    }

    [Fact]
    public void Of_SameSeed_IsTheSame()
    {
        var rounds = Recorded.Rounds(20);
        Assert.Equal(
            Of("p99 ttft <= +5% vs baseline", ("same", rounds)).Rows.Select(row => row.Inconclusive.Hits),
            Of("p99 ttft <= +5% vs baseline", ("same", rounds)).Rows.Select(row => row.Inconclusive.Hits));
    }

    [Theory]
    [InlineData(0, "no pair was recorded of 'same'")]
    [InlineData(1, "one pair was recorded of 'same'")]
    [InlineData(4, "4 pairs were recorded of 'same'")]
    public void Of_TooFewPairs_SaysHowMany(int pairs, string expected)
    {
        var refused = Assert.Throws<JournalException>(() => Of("p99 ttft <= +5% vs baseline", ("same", Recorded.Rounds(pairs))));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--pairs", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MetricThatNobodyMeasured_IsRefused() =>
        Assert.Contains("with a value of this metric", Assert.Throws<JournalException>(
            () => Of("p99 max_stall <= +5% vs baseline", ("same", []))).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_BothSidesAlikeToTheLastDigit_IsRefused() =>
        Assert.Contains("alike to the last digit", Assert.Throws<JournalException>(
            () => Of("p99 ttft <= +5% vs baseline", ("same", Recorded.Rounds(20, noise: 0)))).Message, StringComparison.Ordinal);
}
