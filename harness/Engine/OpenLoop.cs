using ChaosBench.Engine.Pacing;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Sends every arrival at its planned instant, whatever the target does. The schedule is never re-anchored: a late arrival goes
/// out at once and carries its lateness in its own numbers (planned to sent), so a stall of target or harness cannot hide.
/// </summary>
/// <param name="First">Of the arrivals that are this walker's: every <paramref name="Step"/>-th from there on.</param>
internal sealed record OpenLoop(IReadOnlyList<Arrival> Arrivals, int First, int Step)
{
    /// <summary>What lies behind it is no part of the run: not sent, and not accounted for. Null: the plan's end is the run's.</summary>
    public Horizon? Horizon { get; init; }

    /// <summary>Which of them are this process's. Null: all.</summary>
    public Func<Arrival, bool>? Owns { get; init; }

    public void Walk(IPacer pacer, ILauncher launcher, Recorder recorder, CancellationToken stop)
    {
        var next = First;
        for (; next < Arrivals.Count; next += Step)
        {
            var arrival = Arrivals[next];
            if (Owns?.Invoke(arrival) == false)
            {
                continue;
            }

            launcher.Ready(arrival, arrival.At);
            pacer.WaitUntil(arrival.At, stop);
            if (stop.IsCancellationRequested)
            {
                launcher.Drop();
                break;
            }

            if (Horizon?.LetsPass(arrival.At) == false)
            {
                launcher.Drop();
                return;
            }

            launcher.Launch();
        }

        for (; next < Arrivals.Count; next += Step)
        {
            if (Owns?.Invoke(Arrivals[next]) != false)
            {
                recorder.Skip(Arrivals[next], Arrivals[next].At);
            }
        }
    }
}
