namespace ChaosBench.Server.Guardrails;

/// <summary>
/// Keys whose records were found poisoned. They are not looked up again for a while, and then once more: a record that was mended
/// comes back by itself. Beyond the limit the oldest is forgotten, and found again if it is asked for.
/// </summary>
internal sealed class Quarantine(int limit, TimeSpan time, TimeProvider clock)
{
    private readonly Lock _lock = new(); // guards both
    private readonly Dictionary<string, (string Rule, long Since)> _held = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, long Since)> _order = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                Release();
                return _held.Count;
            }
        }
    }

    /// <summary>The rule that the record of this key broke; null when it may be looked up.</summary>
    public string? Find(string key)
    {
        lock (_lock)
        {
            Release();
            return _held.TryGetValue(key, out var held) ? held.Rule : null;
        }
    }

    public void Add(string key, string rule)
    {
        lock (_lock)
        {
            var since = clock.GetTimestamp();
            _held[key] = (rule, since);
            _order.Enqueue((key, since));
            while (_order.Count > limit)
            {
                Forget(_order.Dequeue());
            }
        }
    }

    private void Release()
    {
        while (_order.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.Since) >= time)
        {
            Forget(_order.Dequeue());
        }
    }

    /// <summary>A key that was added again since stays.</summary>
    private void Forget((string Key, long Since) entry)
    {
        if (_held.TryGetValue(entry.Key, out var held) && held.Since == entry.Since)
        {
            _held.Remove(entry.Key);
        }
    }
}
