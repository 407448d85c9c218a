using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Scenarios;

namespace ChaosBench.Tests.Engine.Pacing;

public class MonotonicPacerTests
{
    public static TheoryData<long> Spins => [0, PacerOptions.MaxSpinNanos, 5 * Nanos.PerSecond];

    [Theory]
    [MemberData(nameof(Spins))]
    public void WaitUntil_Deadline_NeverReturnsBeforeIt(long spin)
    {
        var clock = new RunClock();
        clock.Start();
        var pacer = new MonotonicPacer(clock, new PacerOptions(spin));
        foreach (var milliseconds in new[] { 0.0, 0.05, 1.3, 2.0, 27.0 })
        {
            var deadline = Simulation.Ms(milliseconds);
            pacer.WaitUntil(deadline, default);
            Assert.True(clock.Now >= deadline);
        }
    }

    [Fact]
    public void WaitUntil_ClockThatIsNotTheSystems_StillWaits()
    {
        var clock = new RunClock(new OtherClock());
        clock.Start();

        new MonotonicPacer(clock, PacerOptions.NoSpin).WaitUntil(Simulation.Ms(5), default);

        Assert.True(clock.Now >= Simulation.Ms(5));
    }

    [Fact]
    public void WaitUntil_Cancelled_ReturnsLongBeforeTheDeadline()
    {
        var clock = new RunClock();
        clock.Start();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var never = Nanos.From(TimeSpan.FromDays(1000));

        new MonotonicPacer(clock, PacerOptions.Default).WaitUntil(never, stop.Token);

        Assert.True(stop.IsCancellationRequested);
        Assert.True(clock.Now < never);
    }

    private sealed class OtherClock : TimeProvider;
}
