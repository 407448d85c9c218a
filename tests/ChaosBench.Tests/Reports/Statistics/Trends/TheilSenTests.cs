using ChaosBench.Reports.Statistics.Trends;

namespace ChaosBench.Tests.Reports.Statistics.Trends;

public class TheilSenTests
{
    private static readonly double[] X = [.. Enumerable.Range(0, 17).Select(i => (double)i)];

    [Fact]
    public void Fit_ALineWithTwoOddPoints_IsTheLine()
    {
        double[] y = [.. X.Select(x => 3 + (0.5 * x))];
        (y[4], y[11]) = (100, -40);
        var line = TheilSen.Fit(X, y).Value;
        Assert.Equal((0.5, 3), (line.Slope, line.Intercept));
        Assert.True(line.High >= line.Slope);
    }

    /// <summary>The example of Sen 1968: x 1, 2, 3, 4, 10, 12, 18 and y 9, 15, 19, 20, 45, 55, 78 have a slope of 4.</summary>
    [Fact]
    public void Fit_SensExample_HasHisSlope() => Assert.Equal(4, TheilSen.Fit([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]).Value.Slope);

    /// <summary>Without a trend the upper bound of a 90 % interval must be above zero in about 95 of 100 cases: 4 standard errors are 2.8 points.</summary>
    [Fact]
    public void Fit_NoiseAlone_BoundCoversInNineteenOfTwenty()
    {
        var random = new Random(7);
        var covered = Enumerable.Range(0, 1_000).Count(_ => TheilSen.Fit(X, [.. X.Select(_ => random.NextDouble())], confidence: 0.9).Value.High > 0);
        Assert.InRange(covered, 922, 978);
    }

    [Fact]
    public void Fit_AStrongTrend_BoundIsCloseToIt()
    {
        var random = new Random(8);
        var line = TheilSen.Fit(X, [.. X.Select(x => (2 * x) + random.NextDouble())]).Value;
        Assert.InRange(line.High, line.Slope, 2.1);
    }
}
