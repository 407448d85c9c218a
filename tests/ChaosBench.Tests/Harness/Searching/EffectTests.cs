using ChaosBench.Harness.Searching;

namespace ChaosBench.Tests.Harness.Searching;

public sealed class EffectTests
{
    [Theory]
    [InlineData(12, true)]
    [InlineData(6, true)]
    [InlineData(5, false)] // 1/32 is more than 5 % over three finds
    public void Of_EveryPairNeverAnswered_ShowsByItsSigns(int pairs, bool shows)
    {
        var effect = Effect.Of(SearchGoal.Latency, [.. Enumerable.Repeat((0.1, double.PositiveInfinity), pairs)], finds: 3);

        Assert.Equal(("signs", shows), (effect.Method, effect.Shows));
        Assert.Null(effect.Worst);
    }

    [Fact]
    public void Of_LatencyTwiceWithNoise_BoundsTheRatio()
    {
        var effect = Effect.Of(SearchGoal.Latency, [.. Enumerable.Range(0, 12).Select(i => (0.1 + (0.001 * (i % 3)), 0.2 + (0.002 * (i % 4))))], finds: 1);

        Assert.True(effect.Shows);
        Assert.InRange(2.0, effect.Low!.Value, effect.High!.Value);
        Assert.Equal(0.95, effect.Confidence);
    }

    [Fact]
    public void Of_SlightlyLater_IsNoFind() =>
        Assert.False(Effect.Of(SearchGoal.Latency, [.. Enumerable.Range(0, 50).Select(i => (0.1, 0.105 + (0.0001 * (i % 3))))], finds: 1).Shows);

    [Fact]
    public void Of_MoreFinds_WidenTheBounds()
    {
        (double, double)[] pairs = [.. Enumerable.Range(0, 12).Select(i => (1.0, i < 4 ? 0.0 : 1.0))];

        var (alone, among) = (Effect.Of(SearchGoal.Quality, pairs, finds: 1), Effect.Of(SearchGoal.Quality, pairs, finds: 20));

        Assert.True(among.High > alone.High);
        Assert.True(alone.Shows);
        Assert.False(among.Shows);
    }

    [Fact]
    public void Of_LikenessAlwaysTheSame_SaysSo() =>
        Assert.Contains("the same -40 pp in each", Effect.Of(SearchGoal.Quality, [.. Enumerable.Repeat((1.0, 0.6), 12)], finds: 1).Words(SearchGoal.Quality), StringComparison.Ordinal);
}
