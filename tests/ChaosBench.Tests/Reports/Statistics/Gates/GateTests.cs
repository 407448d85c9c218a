using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Gates;

namespace ChaosBench.Tests.Reports.Statistics.Gates;

public sealed class GateTests
{
    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, ConformalThreshold.Of(new double[18]));
        Hostile.Lacks(LackKind.NotANumber, ConformalThreshold.Of(Hostile.WithNaN, 0.2));
        Hostile.Lacks(LackKind.NotANumber, ConformalThreshold.Of(new double[19]).Value.P(double.NaN));
        Hostile.Lacks(LackKind.NotEnough, GateRoc.Of(Hostile.Empty, Hostile.Good, 1));
        Hostile.Lacks(LackKind.NotANumber, GateRoc.Of(Hostile.Good, Hostile.WithNaN, 1));
    }

    [Fact]
    public void Of_NineteenRepeats_HaveAThresholdAtFivePerCent() => Assert.Equal(1, ConformalThreshold.Of(new double[19]).Value.Rank);

    [Fact]
    public void Overlap_NoAlarmsAtAll_IsAgreement() => Assert.Equal(1, GateRoc.Overlap([], []));
}
