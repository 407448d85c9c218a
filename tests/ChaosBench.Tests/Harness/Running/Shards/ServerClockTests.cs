using ChaosBench.Harness.Running.Shards;
using NSubstitute;

namespace ChaosBench.Tests.Harness.Running.Shards;

public sealed class ServerClockTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3127)]
    [InlineData(-7.4441)]
    [InlineData(86400.5)]
    public async Task MeasureAsync_ClocksApart_FindsTheDifferenceWithinItsError(double seconds)
    {
        var server = new Server(TimeSpan.FromSeconds(seconds));

        var offset = await server.MeasureAsync();

        Assert.NotNull(offset);
        Assert.InRange(Math.Abs((offset.Value - TimeSpan.FromSeconds(seconds)).TotalMilliseconds), 0, offset.Error.TotalMilliseconds);
        Assert.InRange(offset.Error.TotalMilliseconds, 0.1, 5);
    }

    /// <summary>Kestrel renews the text once a second by a timer: all who look see it step late by the same time.</summary>
    [Fact]
    public async Task MeasureAsync_ServerThatStepsLate_SameDifferenceForAllWhoLook()
    {
        var late = TimeSpan.FromMilliseconds(640);
        var one = await new Server(TimeSpan.FromSeconds(2), late).MeasureAsync();
        var other = await new Server(TimeSpan.FromSeconds(2.25), late).MeasureAsync();

        Assert.InRange((other!.Value - one!.Value).TotalMilliseconds, 250 - 8, 250 + 8);
    }

    [Fact]
    public async Task MeasureAsync_NoDate_Null() => Assert.Null(await new Server(TimeSpan.Zero) { Shows = false }.MeasureAsync());

    [Fact]
    public async Task MeasureAsync_ClockThatStands_Null() => Assert.Null(await new Server(TimeSpan.Zero) { Stands = true }.MeasureAsync());

    /// <summary>Half a millisecond there, half a millisecond back.</summary>
    private sealed class Server(TimeSpan ahead, TimeSpan late = default)
    {
        private readonly LeapingTime _time = new();

        public bool Shows { get; init; } = true;
        public bool Stands { get; init; }

        public Task<ClockOffset?> MeasureAsync() => new ServerClock(AskAsync, _time).MeasureAsync(CancellationToken.None);

        private Task<DateTimeOffset?> AskAsync(CancellationToken cancellation)
        {
            _time.Now += TimeSpan.FromMilliseconds(0.5);
            var shown = Stands ? DateTimeOffset.UnixEpoch : _time.GetUtcNow() + ahead - late;
            _time.Now += TimeSpan.FromMilliseconds(0.5);
            return Task.FromResult<DateTimeOffset?>(Shows ? new DateTimeOffset(shown.Ticks - (shown.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero) : null);
        }
    }

    /// <summary>Who waits is there at once.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, 137, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Now += dueTime;
            callback(state);
            return Substitute.For<ITimer>();
        }
    }
}
