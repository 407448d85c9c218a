using ChaosBench.Engine;
using ChaosBench.Scenarios;

namespace ChaosBench.Tests.Engine;

public class WaitsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UntilAsync_InstantsInAnyOrder_NoneComesEarly(bool exact)
    {
        var clock = Started();
        using var waits = new Waits(clock, exact && Waits.CanBeExact(clock));
        long[] after = [30 * Nanos.PerMillisecond, 1_500_000, 0, 7 * Nanos.PerMillisecond, -5];
        var origin = clock.Now;

        var early = await Task.WhenAll(after.Select(async nanos =>
        {
            await waits.UntilAsync(origin + nanos, CancellationToken.None).WaitAsync(Limit);
            return origin + nanos - clock.Now;
        }));

        Assert.All(early, nanos => Assert.True(nanos <= 0, $"{nanos} ns early"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UntilAsync_Over_EndsTheWait(bool exact)
    {
        var clock = Started();
        using var waits = new Waits(clock, exact && Waits.CanBeExact(clock));
        using var over = new CancellationTokenSource();
        var waiting = waits.UntilAsync(clock.Now + Nanos.From(TimeSpan.FromDays(1)), over.Token);

        await over.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits.UntilAsync(0, over.Token));
    }

    private static RunClock Started()
    {
        var clock = new RunClock();
        clock.Start();
        return clock;
    }
}
