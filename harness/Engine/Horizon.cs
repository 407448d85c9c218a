namespace ChaosBench.Engine;

/// <summary>
/// Where a run ends before its plan does: at a boundary between planned requests that nobody has passed yet. Whoever sends asks before
/// each request, so that the boundary is as sharp as the plan, whatever the clock says. Safe for several threads.
/// </summary>
/// <param name="boundaries">Instants at which a run may end, rising; nanoseconds.</param>
public sealed class Horizon(IReadOnlyList<long> boundaries) : IDisposable
{
    // Guards the two fields below.
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _near = new();
    private long _passed = -1;
    private long _end = long.MaxValue;

    /// <summary>Requests planned at or after this are not sent; <see cref="long.MaxValue"/> until it is drawn.</summary>
    public long End
    {
        get
        {
            lock (_lock)
            {
                return _end;
            }
        }
    }

    /// <summary>Fires when it is drawn.</summary>
    public CancellationToken Drawn => _near.Token;

    /// <returns>Where the run ends: the first boundary behind all requests that were let through. Null: there is none left.</returns>
    public long? Draw()
    {
        lock (_lock)
        {
            if (_end == long.MaxValue)
            {
                foreach (var boundary in boundaries)
                {
                    if (boundary > _passed)
                    {
                        _end = boundary;
                        break;
                    }
                }
            }

            if (_end == long.MaxValue)
            {
                return null;
            }
        }

        _near.Cancel();
        return _end;
    }

    public void Dispose() => _near.Dispose();

    /// <summary>Whether a request planned at this instant may still be sent.</summary>
    internal bool LetsPass(long planned)
    {
        lock (_lock)
        {
            if (planned >= _end)
            {
                return false;
            }

            _passed = Math.Max(_passed, planned);
            return true;
        }
    }
}
