using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Scheduling;

public class LoopPulseTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTime _time = new();

    [Fact]
    public void Moves_NeverBegunOrAtRest_OwesNothing()
    {
        var pulse = new LoopPulse(_time);
        Assert.True(After(pulse, hours: 1));

        pulse.Beat();
        pulse.Rest();

        Assert.True(After(pulse, hours: 1));
    }

    [Fact]
    public void Moves_StepThatDoesNotEnd_HangsBeyondTheLimit()
    {
        var pulse = new LoopPulse(_time);
        pulse.Beat();
        _time.Advance(Limit);
        Assert.True(pulse.Moves(Limit));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(pulse.Moves(Limit));

        pulse.Beat();
        Assert.True(pulse.Moves(Limit));
    }

    [Fact]
    public void Moves_ArrivalDoesNotWakeTheLoop_HangsBeyondTheLimit()
    {
        var pulse = new LoopPulse(_time);
        pulse.Rest();

        pulse.Owe();

        Assert.False(After(pulse, hours: 1));
    }

    [Fact]
    public void Owe_WhileAStepRuns_DoesNotGiveItMoreTime()
    {
        var pulse = new LoopPulse(_time);
        pulse.Beat();
        _time.Advance(Limit);

        pulse.Owe();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(pulse.Moves(Limit));
    }

    private bool After(LoopPulse pulse, int hours)
    {
        _time.Advance(TimeSpan.FromHours(hours));
        return pulse.Moves(Limit);
    }
}
