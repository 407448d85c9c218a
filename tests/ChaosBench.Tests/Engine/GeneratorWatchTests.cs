using ChaosBench.Engine;
using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Pacing;

namespace ChaosBench.Tests.Engine;

public class GeneratorWatchTests
{
    [Theory]
    [InlineData("cpu  10 5 20 100 7 1 2 3 99 99", 41, 148)]
    [InlineData("cpu 1 1 1 1 1 1 1 1", 6, 8)]
    public void Parse_FirstLineOfStat_CountsBusyAndAll(string line, long busy, long all) =>
        Assert.Equal(new MachineTicks(busy, all), MachineTicks.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("cpu 1 2 3")]
    [InlineData("cpu0 1 1 1 1 1 1 1 1")]
    public void Parse_AnythingElse_IsNothing(string line) => Assert.Null(MachineTicks.Parse(line));

    [Fact]
    public void BusySince_TwoReadings_IsTheShareBetween()
    {
        Assert.Equal(0.25, new MachineTicks(35, 140).BusySince(new MachineTicks(10, 40)));
        Assert.Null(new MachineTicks(35, 140).BusySince(null));
        Assert.Null(new MachineTicks(35, 140).BusySince(new MachineTicks(35, 140)));
    }

    [Theory]
    [InlineData(0.1, 0.15)]
    [InlineData(0.25, 0)]
    [InlineData(0.5, 0)]
    public void OthersSince_TwoReadings_LeavesOwnTimeOut(double ownSeconds, double share) =>
        Assert.Equal(share, new MachineTicks(35, 140).OthersSince(new MachineTicks(10, 40), TimeSpan.FromSeconds(ownSeconds))!.Value, 12);

    [SkippableFact]
    public void Sample_LoopThatWaited_IsNotBusy()
    {
        Skip.IfNot(Posix.IsSupported, "no event loop on this system");
        var clock = new RunClock();
        clock.Start();
        using var loop = new EventLoop(clock, PacerOptions.NoSpin);
        var watch = new GeneratorWatch([loop]);
        for (var tries = 0; loop.Waited == 0 && tries < 1_000; tries++)
        {
            loop.WaitUntil(clock.Now + 5_000_000, CancellationToken.None);
        }

        // As if all that it waited and no more had passed: what was not waited is what the machine stole.
        var sample = watch.Sample(Math.Max(loop.Waited, 1), inFlight: 3);

        Assert.Equal((0.0, 3, 0L), (sample.EngineBusy, sample.InFlight, sample.SocketErrors));
        Assert.Equal(1.0, watch.Sample(clock.Now + 1, 0).EngineBusy);
    }

    [Fact]
    public void Sample_WithoutLoops_LeavesTheirFiguresOut()
    {
        var sample = new GeneratorWatch([]).Sample(1_000_000_000, 0);

        Assert.Null(sample.EngineBusy);
        Assert.Null(sample.SocketErrors);
    }
}
