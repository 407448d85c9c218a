using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Capacity;

/// <summary>
/// Whether a target is at rest: one request alone takes about as long as it did before anything was asked of it. So no probe
/// inherits the queue of the one before.
/// </summary>
internal sealed class Resting
{
    /// <summary>Longest wait for a target to come to rest.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int Tries = 12;
    private const double Slack = 3;
    private static readonly TimeSpan LeastSlack = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ITarget _target;
    private readonly Arrival _arrival;
    private readonly TimeSpan _alone;
    private readonly TimeProvider _time;

    private Resting(ITarget target, Arrival arrival, TimeSpan alone, TimeProvider time) =>
        (_target, _arrival, _alone, _time) = (target, arrival, alone, time);

    /// <summary>Sends a few requests of the plan, one at a time, and keeps the quickest that completed.</summary>
    /// <exception cref="TargetUnavailableException">None did.</exception>
    public static async Task<Resting> MeasureAsync(ITarget target, Plan plan, TimeProvider time, CancellationToken cancellation)
    {
        (Arrival Arrival, TimeSpan Took)? best = null;
        Response? last = null;
        foreach (var arrival in plan.Arrivals.Take(Tries))
        {
            (last, var took) = await AskAsync(target, arrival, time, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (last.Value.Outcome == Outcome.Completed && (best is null || took < best.Value.Took))
            {
                best = (arrival, took);
            }
        }

        return best is { } quickest
            ? new Resting(target, quickest.Arrival, quickest.Took, time)
            : throw new TargetUnavailableException($"target '{target.Name}' answered none of {Math.Min(Tries, plan.Arrivals.Count)} "
                + $"requests that were sent one at a time; the last one ended as {last?.Outcome.ToString() ?? "nothing"}: {last?.Reason}");
    }

    /// <returns>False: not within <see cref="Patience"/>.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        while (!limit.IsCancellationRequested)
        {
            var (response, took) = await AskAsync(_target, _arrival, _time, limit.Token).ConfigureAwait(false);
            if (response.Outcome == Outcome.Completed && took <= (_alone * Slack) + LeastSlack)
            {
                return true;
            }

            await Task.Delay(Pause, _time, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellation.ThrowIfCancellationRequested();
        return false;
    }

    private static async Task<(Response Response, TimeSpan Took)> AskAsync(
        ITarget target, Arrival arrival, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var response = await target.SendAsync(arrival, Deaf.Ear, cancellation).ConfigureAwait(false);
        return (response, time.GetElapsedTime(start));
    }

    private sealed class Deaf : IResponseSink
    {
        public static readonly Deaf Ear = new();

        public void Sent()
        {
        }

        public void Tokens(int tokens)
        {
        }
    }
}
