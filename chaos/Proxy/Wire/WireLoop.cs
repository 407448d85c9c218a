namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>
/// One thread and one epoll set for many connections. Whoever waits for bytes goes on, on this thread, the moment they are there: no
/// queue of a thread pool lies between the kernel and a session, and a request's way through the proxy is two reads and two writes.
/// </summary>
/// <remarks>What runs here must not block: sessions wait only for wires, and for timers that continue elsewhere.</remarks>
internal sealed unsafe class WireLoop : IDisposable
{
    private const int MaxEvents = 128;
    private const long WakeUp = -1;

    private readonly int _epoll = Epoll.Open();
    private readonly int _wakeUp = Epoll.OpenWakeUp();
    private readonly Lock _guard = new(); // guards changes of the five below
    private readonly Stack<int> _free = new();
    private LoopWire?[] _wires = new LoopWire?[64];
    private int _used;
    private long _generation;
    private volatile bool _isStopped;

    // Used by the loop's thread alone.
    private readonly Queue<LoopWire> _again = new();
    private int _thread;

    public WireLoop(string name)
    {
        Epoll.Watch(_epoll, _wakeUp, Epoll.In, WakeUp);
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    public static bool IsSupported => Epoll.IsSupported;

    public bool IsCurrent => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    /// <summary>Watches it from now on and gives it its key.</summary>
    /// <exception cref="IOException">The loop has ended, or the kernel refuses.</exception>
    public void Register(LoopWire wire, int descriptor)
    {
        lock (_guard)
        {
            if (_isStopped)
            {
                throw new IOException("the proxy has stopped");
            }

            if (!_free.TryPop(out var slot))
            {
                slot = _used++;
                if (slot == _wires.Length)
                {
                    Array.Resize(ref _wires, slot * 2);
                }
            }

            var key = ((++_generation & int.MaxValue) << 32) | (uint)slot;
            _wires[slot] = wire;
            wire.Key = key;
            Epoll.Watch(_epoll, descriptor, Epoll.In | Epoll.Out | Epoll.PeerClosed | Epoll.Edges, key);
        }
    }

    /// <summary>Call it before the descriptor is closed.</summary>
    public void Unregister(LoopWire wire, int descriptor)
    {
        lock (_guard)
        {
            if (!_isStopped)
            {
                var slot = (int)(wire.Key & int.MaxValue);
                Epoll.Forget(_epoll, descriptor);
                _wires[slot] = null;
                _free.Push(slot);
            }
        }
    }

    /// <summary>Its turn comes again once all others have had theirs. On the loop's thread only.</summary>
    public void Again(LoopWire wire) => _again.Enqueue(wire);

    /// <summary>Ends the thread soon; wires that are still open hear no more.</summary>
    public void Dispose()
    {
        lock (_guard)
        {
            if (!_isStopped)
            {
                _isStopped = true;
                Epoll.Signal(_wakeUp);
            }
        }
    }

    private void Run()
    {
        _thread = Environment.CurrentManagedThreadId;
        var events = stackalloc byte[MaxEvents * 16];
        while (!_isStopped)
        {
            var count = Epoll.Wait(_epoll, events, MaxEvents, _again.Count > 0 ? 0 : -1);
            for (var at = 0; at < count; at++)
            {
                var entry = events + (at * Epoll.EventSize);
                var key = Epoll.DataOf(entry);
                // What was closed meanwhile is not told, nor is who got its place.
                if (key != WakeUp && _wires[(int)(key & int.MaxValue)] is { } wire && wire.Key == key)
                {
                    wire.OnReady(Epoll.EventsOf(entry));
                }
            }

            for (var left = _again.Count; left > 0; left--)
            {
                _again.Dequeue().OnReady(0);
            }
        }

        lock (_guard)
        {
            _ = Epoll.Close(_wakeUp);
            _ = Epoll.Close(_epoll);
        }
    }
}
