using ChaosBench.Server.Sampling;

namespace ChaosBench.Tests.Server.Sampling;

public sealed class LogProbsTests
{
    [Theory]
    [InlineData(new float[] { 0, 0, 0, 0 })]
    [InlineData(new[] { 1.5f, -2, 0.25f, 7 })]
    [InlineData(new[] { 3e38f, 3e38f, -3e38f })]
    [InlineData(new[] { 5, float.NegativeInfinity })]
    public void Of_AnyLogits_AreProbabilitiesThatAddUp(float[] logits)
    {
        var normalizer = LogProbs.Normalizer(logits, new float[logits.Length]);

        var all = logits.Select(logit => LogProbs.Of(logit, normalizer)).ToArray();

        Assert.All(all, value => Assert.InRange(value, -9999, 1e-6));
        Assert.Equal(1, all.Sum(Math.Exp), 1e-6);
    }

    [Fact]
    public void Of_KnownLogits_IsTheLogarithm()
    {
        float[] logits = [MathF.Log(1), MathF.Log(3)];
        var normalizer = LogProbs.Normalizer(logits, new float[2]);

        Assert.Equal(Math.Log(0.75), LogProbs.Of(logits[1], normalizer), 1e-6);
    }

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(1, new[] { 2 })]
    [InlineData(3, new[] { 2, 4, 1 })]
    [InlineData(9, new[] { 2, 4, 1, 3, 0 })]
    public void Top_Count_IsTheLargestFirstAndOfEqualsTheLower(int count, int[] expected) =>
        Assert.Equal(expected, LogProbs.Top([-1, 5, 9, 5, 8], count));
}
