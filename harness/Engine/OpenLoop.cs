using ChaosBench.Engine.Pacing;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Sends every arrival at its planned instant, whatever the target does. The schedule is never re-anchored: a late arrival goes
/// out at once and carries its lateness in its own numbers (planned to sent), so a stall of target or harness cannot hide.
/// </summary>
internal static class OpenLoop
{
    public static void Walk(IReadOnlyList<Arrival> arrivals, IPacer pacer, Dispatcher dispatcher, RunStop stop)
    {
        var next = 0;
        for (; next < arrivals.Count; next++)
        {
            var arrival = arrivals[next];
            pacer.WaitUntil(arrival.At, stop.Token);
            if (stop.Token.IsCancellationRequested)
            {
                break;
            }

            dispatcher.Dispatch(arrival, arrival.At);
        }

        for (; next < arrivals.Count; next++)
        {
            dispatcher.Skip(arrivals[next], arrivals[next].At, $"run stopped: {stop.Reason}");
        }
    }
}
