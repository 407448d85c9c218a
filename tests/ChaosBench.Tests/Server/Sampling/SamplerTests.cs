using ChaosBench.Server;
using ChaosBench.Server.Sampling;

namespace ChaosBench.Tests.Server.Sampling;

public class SamplerTests
{
    private static readonly float[] Logits = [0, 1, 2, 3, -5, 2.5f, 0.5f, float.NegativeInfinity];

    [Fact]
    public void Next_TemperatureZero_IsTheLargest() => Assert.Equal(3, Sampler(new()).Next(Logits));

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.NaN, 7)]
    [InlineData(float.PositiveInfinity, 4)]
    public void Next_NonFiniteLogit_IsTold(float value, int at)
    {
        var logits = Logits.ToArray();
        logits[at] = value;
        Assert.Equal(ChaosBench.Server.Sampling.Sampler.NonFinite, Sampler(new()).Next(logits));
        Assert.Equal(ChaosBench.Server.Sampling.Sampler.NonFinite, Sampler(new() { Temperature = 1 }).Next(logits));
    }

    [Fact]
    public void Next_AllMinusInfinity_IsTold() =>
        Assert.Equal(ChaosBench.Server.Sampling.Sampler.NonFinite, Sampler(new()).Next([float.NegativeInfinity, float.NegativeInfinity]));

    [Fact]
    public void Next_SameSeed_RepeatsTheDraws()
    {
        int[] Draws(GenerationParameters p) { var s = Sampler(p); return [.. Enumerable.Range(0, 100).Select(_ => s.Next(Logits))]; }
        Assert.Equal(Draws(new() { Temperature = 1, Seed = 5 }), Draws(new() { Temperature = 1, Seed = 5 }));
        Assert.NotEqual(Draws(new() { Temperature = 1, Seed = 5 }), Draws(new() { Temperature = 1, Seed = 6 }));
        Assert.Equal(Draws(new() { Temperature = 1 }), Draws(new() { Temperature = 1 }));
        Assert.NotEqual(Draws(new() { Temperature = 1 }), Draws(new() { Temperature = 1, RequestId = "other" }));
    }

    [Fact]
    public void Next_Temperature_DrawsBySoftmax()
    {
        const int n = 200_000;
        var counts = Count(new() { Temperature = 2, Seed = 1 }, n);
        var weights = Logits.Select(l => Math.Exp(l / 2)).ToArray();
        for (var i = 0; i < weights.Length; i++)
        {
            // Four standard errors and a little: a right sampler fails once in some ten thousand seeds, and the seed is fixed.
            var p = weights[i] / weights.Sum();
            Assert.InRange((double)counts[i] / n, p - (4.5 * Math.Sqrt(p * (1 - p) / n)), p + (4.5 * Math.Sqrt(p * (1 - p) / n)));
        }
    }

    [Fact]
    public void Next_TopK_KeepsTheLargest() =>
        Assert.Equal([2, 3, 5], Drawn(new() { Temperature = 50, TopK = 3, Seed = 1 }));

    [Theory]
    [InlineData(0.01, new[] { 3 })]
    [InlineData(0.45, new[] { 3, 5 })]
    [InlineData(0.999, new[] { 0, 1, 2, 3, 5, 6 })]
    public void Next_TopP_KeepsTheNucleus(double topP, int[] expected) =>
        Assert.Equal(expected, Drawn(new() { Temperature = 1, TopP = topP, Seed = 1 }));

    [Fact]
    public void Next_TinyTemperature_IsGreedy() => Assert.Equal([3], Drawn(new() { Temperature = double.Epsilon, Seed = 1 }));

    [Fact]
    public void Next_EqualLogitsHugeTemperature_StaysInRange() =>
        Assert.All(Drawn(new() { Temperature = 100, TopP = 0.5, TopK = 2, Seed = 3 }), t => Assert.InRange(t, 0, 6));

    [Fact]
    public void Next_FrequencyPenalty_MovesOn()
    {
        var sampler = Sampler(new() { FrequencyPenalty = 0.4 });
        Assert.Equal([3, 3, 5, 3, 5], Enumerable.Range(0, 5).Select(_ => sampler.Next(Logits)));
    }

    private static int[] Count(GenerationParameters parameters, int n)
    {
        var sampler = Sampler(parameters);
        var counts = new int[Logits.Length];
        for (var i = 0; i < n; i++)
        {
            counts[sampler.Next(Logits)]++;
        }

        return counts;
    }

    private static int[] Drawn(GenerationParameters parameters) =>
        [.. Count(parameters, 20_000).Select((c, i) => (c, i)).Where(x => x.c > 0).Select(x => x.i)];

    private static Sampler Sampler(GenerationParameters p) => new(
        new GenerationRequest
        {
            RequestId = p.RequestId,
            Messages = [],
            MaxTokens = 10,
            Temperature = p.Temperature,
            TopP = p.TopP,
            TopK = p.TopK,
            Seed = p.Seed,
            FrequencyPenalty = p.FrequencyPenalty,
        },
        new SamplerScratch(Logits.Length));

    private sealed record GenerationParameters
    {
        public string RequestId { get; init; } = "r";
        public double Temperature { get; init; }
        public double TopP { get; init; } = 1;
        public int TopK { get; init; }
        public long? Seed { get; init; }
        public double FrequencyPenalty { get; init; }
    }
}
