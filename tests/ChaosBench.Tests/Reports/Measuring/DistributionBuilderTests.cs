using ChaosBench.Reports.Measuring;

namespace ChaosBench.Tests.Reports.Measuring;

public sealed class DistributionBuilderTests
{
    private const double Limit = 0.25;

    [Fact]
    public void Build_UpToTheCeiling_IsExact()
    {
        var values = Built(Some1000(), mostExact: 1000);

        Assert.Null(values.Precision);
        Assert.Equal(new Distribution(Some1000()).Quantile(0.99), values.Quantile(0.99));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Build_BeyondTheCeiling_IsWithinThreeDigits(int infinite)
    {
        double[] all = [.. Some1000(), .. Enumerable.Repeat(double.PositiveInfinity, infinite)];
        var (exact, coarse) = (new Distribution(all), Built(all, mostExact: 100));

        Assert.Equal(0.001, coarse.Precision);
        Assert.Equal((exact.Count, exact.Min, exact.Max, exact.Infinite), (coarse.Count, coarse.Min, coarse.Max, coarse.Infinite));
        for (var percent = 0.0; percent <= 100; percent += 0.5)
        {
            var (truth, seen) = (exact.Quantile(percent / 100)!.Value, coarse.Quantile(percent / 100)!.Value);
            Assert.True(truth.Equals(seen) || Math.Abs(seen - truth) <= truth * 0.001, $"p{percent}: {seen} for {truth}");
        }
    }

    [Fact]
    public void CountAbove_LimitThatWasTold_IsExactAtAnySize()
    {
        double[] all = [.. Some1000(), Limit, Limit, Limit + 1e-9, double.PositiveInfinity];
        var (exact, coarse) = (new Distribution(all), Built(all, mostExact: 100));

        Assert.Equal(exact.CountAbove(Limit, orEqual: false), coarse.CountAbove(Limit, orEqual: false));
        Assert.Equal(exact.CountAbove(Limit, orEqual: true), coarse.CountAbove(Limit, orEqual: true));
    }

    [Fact]
    public void MeanBounds_BeyondTheCeiling_AgreesWithTheValues()
    {
        var (exact, coarse) = (new Distribution(Some1000()).MeanBounds(0.95)!, Built(Some1000(), mostExact: 100).MeanBounds(0.95)!);

        Assert.Equal(exact.Mean, coarse.Mean, 9);
        Assert.Equal(exact.Low, coarse.Low, 9);
        Assert.Equal(exact.High, coarse.High, 9);
    }

    [Fact]
    public void Add_ManyTimes_EqualsAddingOneByOne()
    {
        var (once, often) = (new DistributionBuilder([Limit], 10), new DistributionBuilder([Limit], 10));
        for (var value = 0.01; value < 1; value += 0.04)
        {
            often.Add(value, 7);
            for (var time = 0; time < 7; time++)
            {
                once.Add(value);
            }
        }

        var (left, right) = (once.Build(), often.Build());
        Assert.Equal((left.Count, left.CountAbove(Limit, false), left.Quantile(0.9)), (right.Count, right.CountAbove(Limit, false), right.Quantile(0.9)));
        Assert.Equal(left.Mean!.Value, right.Mean!.Value, 12);
    }

    private static double[] Some1000()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 1000).Select(_ => Math.Exp(random.NextDouble() * 12) / 1e5)];
    }

    private static Distribution Built(IEnumerable<double> values, int mostExact)
    {
        var builder = new DistributionBuilder([Limit], mostExact);
        foreach (var value in values)
        {
            builder.Add(value);
        }

        return builder.Build();
    }
}
