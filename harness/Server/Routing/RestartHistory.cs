using System.Globalization;
using ChaosBench.Server.Sampling;

namespace ChaosBench.Server.Routing;

/// <summary>The restarts of one replica so far: whether it may have another, and after which wait.</summary>
internal sealed class RestartHistory(RestartPolicy policy, int replica)
{
    // Guards the two below it: an order to restart may come while the supervisor counts.
    private readonly Lock _lock = new();
    private readonly Queue<TimeSpan> _recent = [];
    private int _drawn;

    /// <summary>Restarts within the present window.</summary>
    public int Recent
    {
        get
        {
            lock (_lock)
            {
                return _recent.Count;
            }
        }
    }

    /// <summary>
    /// Counts a restart and gives the wait before it; null when the budget of the window is spent. The n-th of a window waits
    /// between half and the whole of first * 2^(n-1), at most the longest ("equal jitter", M. Brooker 2015), so that replicas that
    /// were lost together do not load their models together.
    /// </summary>
    /// <param name="now">On any clock that only moves forward.</param>
    public TimeSpan? Next(TimeSpan now)
    {
        lock (_lock)
        {
            while (_recent.TryPeek(out var oldest) && now - oldest >= policy.Window)
            {
                _recent.Dequeue();
            }

            if (_recent.Count >= policy.Budget)
            {
                return null;
            }

            var whole = Math.Min(policy.FirstDelay.TotalSeconds * Math.Pow(2, _recent.Count), policy.LongestDelay.TotalSeconds);
            _recent.Enqueue(now);
            return TimeSpan.FromSeconds(whole * (0.5 + (Draw() / 2)));
        }
    }

    /// <summary>Whoever restarts a replica by hand vouches for it.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _recent.Clear();
        }
    }

    private double Draw()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{policy.Seed}/{replica}/{_drawn++}");
        return new SampleRandom(SampleRandom.SeedOf(name)).NextDouble();
    }
}
