using ChaosBench.Reports.Statistics.Multiplicity;

namespace ChaosBench.Tests.Reports.Statistics.Multiplicity;

public sealed class AdjustedTests
{
    [Fact]
    public void Holm_NotANumber_IsLeftOutAndListed()
    {
        var adjusted = Adjusted.Holm([0.01, double.NaN, 0.04, 1.2]);

        Assert.Equal([0.02, null, 0.04, null], adjusted.Values);
        Assert.Equal([1, 3], adjusted.LeftOut);
        Assert.Equal(2, adjusted.Rejected(0.05));
    }

    [Fact]
    public void Any_OfNothing_IsNothing()
    {
        Assert.Empty(Adjusted.Holm([]).Values);
        Assert.Empty(Adjusted.BenjaminiYekutieli([]).Values);
    }

    [Fact]
    public void Any_OneChance_StaysAsItIs()
    {
        Assert.Equal([0.03], Adjusted.Holm([0.03]).Values);
        Assert.Equal([0.03], Adjusted.BenjaminiHochberg([0.03]).Values);
    }
}
