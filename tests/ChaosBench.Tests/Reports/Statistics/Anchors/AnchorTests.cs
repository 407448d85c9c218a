using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Anchors;

namespace ChaosBench.Tests.Reports.Statistics.Anchors;

public sealed class AnchorTests
{
    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, KayentaJudge.Of(Hostile.Empty, Hostile.Good));
        Hostile.Lacks(LackKind.NotANumber, KayentaJudge.Of(Hostile.Endless, Hostile.Good));
        Hostile.Lacks(LackKind.NoSpread, KayentaJudge.Of([1, 1], [2, 2]));
        Hostile.Lacks(LackKind.NotEnough, BencherLimits.Of(1, 1, 1, 0.9));
        Hostile.Lacks(LackKind.NoSpread, BencherLimits.Of(1, 0, 10, 0.9));
        Hostile.Lacks(LackKind.NotEnough, KayentaScore.Of(new Dictionary<string, IReadOnlyList<KayentaClass>>(), new Dictionary<string, double>()));
    }

    /// <summary>spinnaker/spinnaker issue 6278: seven of ten points a hundred times worse.</summary>
    [Fact]
    public void Kayenta_SevenOfTenAHundredTimesWorse_Passes()
    {
        var judged = KayentaJudge.Of([100, 100, 100, 100, 100, 100, 100, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]).Value;

        Assert.Equal(KayentaClass.Pass, judged.Class);
        Assert.Equal(99, judged.Estimate, 3);
        Assert.Equal(6.825022991538781E-5, judged.Low, 3);
    }

    [Fact]
    public void Kayenta_SameConstant_Passes() => Assert.Equal(KayentaClass.Pass, KayentaJudge.Of(Hostile.Alike, Hostile.Alike).Value.Class);

    [Fact]
    public void Kayenta_FarLower_IsLow() =>
        Assert.Equal(KayentaClass.Low, KayentaJudge.Of([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7], [10, 11, 12, 13, 14, 15, 16, 17]).Value.Class);
}
