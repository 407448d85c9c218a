using System.Net.Http.Headers;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>Reads Retry-After and, where the policy says so, holds back what would be sent before it is over.</summary>
internal sealed class RetryAfterGate(RetryAfterPolicy policy, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    // Timestamp of the provider; only ever grows.
    private long _heldUntil = long.MinValue;

    /// <summary>Seconds that the reply asks for, relative to now; null when it does not.</summary>
    public double? Read(RetryConditionHeaderValue? header)
    {
        var wait = header switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        if (wait is not { } asked)
        {
            return null;
        }

        var bounded = asked < TimeSpan.Zero ? TimeSpan.Zero : asked > Longest ? Longest : asked;
        if (policy == RetryAfterPolicy.Honor)
        {
            Extend(time.GetTimestamp() + (long)(bounded.TotalSeconds * time.TimestampFrequency));
        }

        return bounded.TotalSeconds;
    }

    /// <summary>As <see cref="Read(RetryConditionHeaderValue?)"/>, from the header's text.</summary>
    public double? Read(string? header) =>
        header is not null && RetryConditionHeaderValue.TryParse(header, out var value) ? Read(value) : null;

    /// <summary>Nothing is held back now.</summary>
    public bool IsOpen => Interlocked.Read(ref _heldUntil) == long.MinValue || Left() <= TimeSpan.Zero;

    /// <summary>Null once the request may go out; else the response of a request that never could.</summary>
    public async ValueTask<Response?> PassAsync(CancellationToken cancellation)
    {
        try
        {
            for (var left = Left(); left > TimeSpan.Zero; left = Left())
            {
                await Task.Delay(left, time, cancellation).ConfigureAwait(false);
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            return new Response { Outcome = Outcome.NotSent, Reason = "held back by the target's Retry-After until the run ended" };
        }
    }

    private TimeSpan Left()
    {
        var until = Interlocked.Read(ref _heldUntil);
        var now = time.GetTimestamp();
        // Rounded up to a whole millisecond, the resolution of a delay.
        return until <= now ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(time.GetElapsedTime(now, until).TotalMilliseconds));
    }

    private void Extend(long until)
    {
        for (var seen = Interlocked.Read(ref _heldUntil); seen < until;)
        {
            var before = Interlocked.CompareExchange(ref _heldUntil, until, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
