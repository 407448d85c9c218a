using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ChaosBench.Engine.Pacing;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine.Loops;

/// <summary>
/// One thread, one epoll set: waiting for a planned send and waiting for replies are the same wait, so a send never queues behind a
/// thread pool and a reply is stamped by the thread that will account for it.
/// <code>
/// WaitUntil(deadline):  posted work -> expired deadlines -> ready sockets -> sleep to 60 us before the deadline -> poll, bounded
/// </code>
/// All members but <see cref="Post"/>, <see cref="Wake"/> and the counters belong to the thread that runs it.
/// </summary>
internal sealed unsafe class EventLoop : IPacer, IDisposable
{
    public const int ReceiveBytes = 64 * 1024;

    // Few, so that a planned send is not late by a long batch of replies.
    private const int MaxEvents = 64;

    // Also what a cancellation may take that nobody wakes us for.
    private const long LongestSleep = 20 * Nanos.PerMillisecond;

    /// <summary>Closer to a planned send than this, the clock is looked at after each event, else after every eighth.</summary>
    private const long NearNanos = Nanos.PerMillisecond;
    private const int FarLooks = 7;

    /// <summary>In a burst that is due at once, replies are looked at after this many sends.</summary>
    private const int BurstLength = 8;

    private readonly long _spin;
    private readonly int _epoll = Posix.CreateEpoll();
    private readonly int _wakeUp = Posix.CreateWakeUp();
    private readonly byte* _events = (byte*)NativeMemory.Alloc(MaxEvents, 16);
    private readonly byte* _receive = (byte*)NativeMemory.Alloc(ReceiveBytes);
    private readonly List<DeadlineList> _deadlines = [];
    private readonly PriorityQueue<IDeadlined, long> _instants = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Queue<Action> _deferred = new();
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _free = new();
    private int _posts;
    private int _ready;
    private int _next;
    private int _burst;
    private bool _isNear;
    private int _thread;
    private long _waited;
    private bool _disposed;

    public EventLoop(RunClock clock, PacerOptions options)
    {
        Clock = clock;
        _spin = options.Bounded;
        Posix.Control(_epoll, Posix.Add, _wakeUp, Posix.In, -1);
    }

    public RunClock Clock { get; }

    /// <summary>Scratch for one receive, shared by all connections: a stream that waits for its next token holds no buffer.</summary>
    public byte* ReceiveBuffer => _receive;

    public bool IsCurrent => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    /// <summary>
    /// Nanoseconds of the clock, as this loop last looked at it: what is asked for once a request and need not be exact is not worth
    /// another look. Older than now by the work on one batch of events at most.
    /// </summary>
    public long Lately { get; private set; }

    /// <summary>Nanoseconds that this loop has had nothing to do, spinning included. What is missing to the elapsed time is work.</summary>
    public long Waited => Volatile.Read(ref _waited);

    /// <summary>Receives so far, and failures of sockets that were not asked for. Read from other threads.</summary>
    public LoopCounters Counters { get; } = new();

    public void WaitUntil(long deadline, CancellationToken cancellation)
    {
        _thread = Environment.CurrentManagedThreadId;
        if (Clock.Now >= deadline && ++_burst < BurstLength)
        {
            return;
        }

        _burst = 0;
        do
        {
            Turn(deadline);
        }
        while (Clock.Now < deadline && !cancellation.IsCancellationRequested);
    }

    /// <summary>A list whose members expire <paramref name="delay"/> after they join.</summary>
    public DeadlineList Deadlines(TimeSpan delay)
    {
        var list = new DeadlineList(Clock, delay < TimeSpan.Zero || delay == TimeSpan.MaxValue ? long.MaxValue : Nanos.From(delay));
        _deadlines.Add(list);
        return list;
    }

    /// <summary>Tells it at this instant, as exactly as the instants that are waited for.</summary>
    public void At(long instant, IDeadlined owner) => _instants.Enqueue(owner, instant);

    /// <summary>Runs on this loop's thread soon. From any thread.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        Wake();
    }

    /// <summary>Runs in this loop's next turn: for what must not happen inside its caller.</summary>
    public void Defer(Action work) => _deferred.Enqueue(work);

    /// <summary>Ends a wait, for example because its cancellation fired. From any thread.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _posts, 1) == 0 && !Volatile.Read(ref _disposed))
        {
            Posix.Signal(_wakeUp);
        }
    }

    /// <summary>Watches a descriptor; the number that comes back names it here.</summary>
    public int Register(int descriptor, uint events, ILoopHandler handler)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _slots.Count;
            _slots.Add(default);
        }

        var generation = (_slots[slot].Generation + 1) & int.MaxValue;
        _slots[slot] = new Slot(handler, generation);
        Posix.Control(_epoll, Posix.Add, descriptor, events, Key(slot, generation));
        return slot;
    }

    public void Change(int slot, int descriptor, uint events) =>
        Posix.Control(_epoll, Posix.Modify, descriptor, events, Key(slot, _slots[slot].Generation));

    /// <summary>Stops watching; the caller closes the descriptor.</summary>
    public void Unregister(int slot, int descriptor)
    {
        Posix.Control(_epoll, Posix.Remove, descriptor, 0, 0);
        _slots[slot] = _slots[slot] with { Handler = null };
        _free.Push(slot);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _ = Posix.Close(_wakeUp);
        _ = Posix.Close(_epoll);
        NativeMemory.Free(_events);
        NativeMemory.Free(_receive);
    }

    private static long Key(int slot, int generation) => ((long)generation << 32) | (uint)slot;

    private void Turn(long deadline)
    {
        while (_deferred.TryDequeue(out var deferred))
        {
            deferred();
        }

        if (Volatile.Read(ref _posts) != 0)
        {
            RunPosted();
        }

        if (_next == _ready)
        {
            Gather(deadline);
        }

        while (_next < _ready)
        {
            Handle(_events + (_next++ * Posix.EventSize));
            if ((_isNear || (_next & FarLooks) == 0) && Clock.Now >= deadline)
            {
                // The rest of the batch waits for the next turn: the planned send goes first.
                return;
            }
        }
    }

    private void Gather(long deadline)
    {
        var now = Clock.Now;
        var wake = Math.Min(deadline, now + LongestSleep);
        foreach (var list in _deadlines)
        {
            if (list.NextDue <= now)
            {
                list.Expire(now);
                wake = now;
            }

            wake = Math.Min(wake, list.NextDue);
        }

        var instant = TellInstants(now);
        wake = Math.Min(wake, instant);
        var sleep = wake - now - (wake == deadline || wake == instant ? _spin : 0);
        var count = sleep > 0 && _deferred.Count == 0
            ? Posix.Wait(_epoll, _events, MaxEvents, sleep)
            : Posix.Poll(_epoll, _events, MaxEvents);
        (_next, _ready) = (0, Math.Max(count, 0));
        Lately = Clock.Now;
        _isNear = deadline - Lately < NearNanos;
        Volatile.Write(ref _waited, _waited + (Lately - now));
    }

    /// <returns>When to look again: at the next one, or at once where telling took time.</returns>
    private long TellInstants(long now)
    {
        var told = false;
        while (_instants.TryPeek(out var owner, out var instant) && instant <= now)
        {
            _instants.Dequeue();
            owner.OnDeadline();
            told = true;
        }

        return told ? now : _instants.TryPeek(out _, out var next) ? next : long.MaxValue;
    }

    private void Handle(byte* entry)
    {
        var key = Posix.DataOf(entry);
        if (key < 0)
        {
            RunPosted();
            return;
        }

        // What was closed while this batch was worked off is not told of it, nor is who got its number.
        var slot = _slots[(int)(key & int.MaxValue)];
        if (slot.Generation == (int)(key >> 32))
        {
            slot.Handler?.OnReady(Posix.EventsOf(entry));
        }
    }

    private void RunPosted()
    {
        if (Interlocked.Exchange(ref _posts, 0) != 0)
        {
            Posix.Clear(_wakeUp);
        }

        while (_posted.TryDequeue(out var work))
        {
            work();
        }
    }

    private readonly record struct Slot(ILoopHandler? Handler, int Generation);
}

/// <summary>Owner of a watched descriptor.</summary>
internal interface ILoopHandler
{
    /// <param name="events">epoll's bits.</param>
    void OnReady(uint events);
}

/// <summary>Counted by the loop's thread, read by others.</summary>
internal sealed class LoopCounters
{
    private long _receives;
    private long _socketErrors;

    public long Receives => Volatile.Read(ref _receives);

    public long SocketErrors => Volatile.Read(ref _socketErrors);

    public void Received() => Volatile.Write(ref _receives, _receives + 1);

    public void Failed() => Volatile.Write(ref _socketErrors, _socketErrors + 1);
}
