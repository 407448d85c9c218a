namespace ChaosBench.Harness.Running.Shards;

/// <summary>
/// Compares this machine's clock with the one that a target shows in its <c>Date</c> headers, so that shards can be compared with each
/// other. A header has whole seconds; the instant at which it steps is found by asking around it:
/// <code>
///   a second, asked every 25 ms:    D D D D D|D+1 ...     the step lies between two of them
///   the next ones, every 1 ms:        D D|D+1             and now to about a millisecond
/// </code>
/// Some servers step late, because they renew the text by a timer; all shards see the same text, so their difference stays right.
/// </summary>
/// <param name="ask">One small request. Null: no date in the answer, or no answer.</param>
internal sealed class ServerClock(Func<CancellationToken, Task<DateTimeOffset?>> ask, TimeProvider time)
{
    private static readonly TimeSpan Coarse = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Fine = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(30);

    // A second and a half of coarse ones: a step must be among them. Then a step's surroundings.
    private const int MostCoarse = 60;
    private const int MostFine = 80;

    /// <returns>Null when the target shows no clock.</returns>
    public async Task<ClockOffset?> MeasureAsync(CancellationToken cancellation)
    {
        if (await StepAsync(Coarse, MostCoarse, cancellation).ConfigureAwait(false) is not { } coarse)
        {
            return null;
        }

        var next = coarse.Latest + TimeSpan.FromSeconds(1) - Lead - (coarse.Latest - coarse.Earliest);
        if (next - time.GetUtcNow() is var pause && pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        }

        var fine = await StepAsync(Fine, MostFine, cancellation).ConfigureAwait(false) ?? coarse;
        var (low, high) = (fine.Shown - fine.Latest, fine.Shown - fine.Earliest);
        return new ClockOffset((low + high) / 2, (high - low) / 2);
    }

    /// <summary>Asks until the text steps. The step lies between the sending of the last old one and the arrival of the first new one.</summary>
    private async Task<Step?> StepAsync(TimeSpan every, int most, CancellationToken cancellation)
    {
        (DateTimeOffset Sent, DateTimeOffset Shown)? before = null;
        for (var number = 0; number < most; number++)
        {
            var sent = time.GetUtcNow();
            if (await ask(cancellation).ConfigureAwait(false) is not { } shown)
            {
                return null;
            }

            var came = time.GetUtcNow();
            if (before is { } old && shown > old.Shown)
            {
                return new Step(old.Sent, came, shown);
            }

            before = (sent, shown);
            await Task.Delay(every, time, cancellation).ConfigureAwait(false);
        }

        return null;
    }

    /// <param name="Shown">What the clock shows from then on.</param>
    private sealed record Step(DateTimeOffset Earliest, DateTimeOffset Latest, DateTimeOffset Shown);
}

/// <param name="Value">To add to this machine's clock to get the target's.</param>
/// <param name="Error">It may be off by so much in either direction.</param>
internal sealed record ClockOffset(TimeSpan Value, TimeSpan Error);
