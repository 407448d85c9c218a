using System.Collections.Concurrent;
using System.Net;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>
/// A reverse proxy for HTTP/1.1 that breaks what it is told to. Without faults it forwards every byte as it came.
/// </summary>
/// <remarks>
/// <code>
/// client == Door ==> Session ==> upstream          one connection there for each one here
///                      |  ^
///                      v  |
///            Exchange: coins, filters, sinks        only while a fault is in place
/// </code>
/// </remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(30);

    private readonly ProxyOptions _options;
    private readonly Door _door;
    private readonly WireLoop?[] _loops;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Session, byte> _sessions = new();
    private readonly ConcurrentDictionary<ProxyFault, ITimer> _limits = new();
    private readonly ProxyCore _core;
    private readonly Task _accepting;
    private readonly ITimer _sweep;

    private FaultProxy(ProxyOptions options, Door door, ITrafficKeys keys, IAnnouncer announcer, TimeProvider time)
    {
        (_options, _door) = (options, door);
        _loops = WireLoop.IsSupported ? [.. Enumerable.Range(1, options.Threads).Select(number => new WireLoop($"fault-proxy-{number}"))] : [null];
        _core = new ProxyCore(options, keys, announcer, time, _stop.Token);
        _accepting = AcceptAsync();
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    public IPEndPoint Address => _door.Address;

    /// <summary><c>http://127.0.0.1:PORT/</c>.</summary>
    public Uri BaseAddress => new($"http://{Address}/");

    /// <summary>In place at this moment, in the order of their numbers.</summary>
    public IReadOnlyList<ProxyFault> Faults => _core.Faults;

    /// <summary>New connections are accepted.</summary>
    public bool Listens => !_door.IsShut;

    public int Connections => _sessions.Count;

    /// <summary>
    /// Ends when the code of proxies has been exercised in this process, on loopback and against an upstream of its own: after at most
    /// two seconds, and at once the second time. Without it the first clients wait for the compiler.
    /// </summary>
    public static Task WarmUpAsync() => Rehearsal.DoneAsync();

    /// <summary>Listens when it returns.</summary>
    /// <exception cref="IOException">The address cannot be listened on; the message says what to do.</exception>
    public static FaultProxy Start(ProxyOptions options, ITrafficKeys keys, IAnnouncer announcer, TimeProvider time) =>
        new(options, new Door(options.Listen), keys, announcer, time);

    /// <summary>Tries the upstream once.</summary>
    /// <returns>Null when it can be reached; otherwise where and why not.</returns>
    public async Task<string?> UpstreamProblemAsync(CancellationToken cancellation)
    {
        try
        {
            (await _core.Upstream.ConnectAsync(loop: null, cancellation).ConfigureAwait(false)).Dispose();
            return null;
        }
        catch (IOException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>Puts a fault in place. The proxy itself lifts it after <paramref name="limit"/>, whoever put it there.</summary>
    /// <param name="limit">Null: only when told to.</param>
    public void Set(ProxyFault fault, TimeSpan? limit)
    {
        _core.Add(fault);
        if (limit is { } length)
        {
            _limits[fault] = _core.Time.CreateTimer(_ => Clear(fault), null, length, Timeout.InfiniteTimeSpan);
        }

        if (fault is ListenerFault listener)
        {
            listener.Apply(_door, _core.Announcer);
            foreach (var session in _sessions.Keys.Where(session => session.IsIdle))
            {
                session.Cut();
            }
        }
    }

    /// <summary>Lifts a fault, in the middle of streams too.</summary>
    /// <returns>False when it was not in place any more.</returns>
    public bool Clear(ProxyFault fault)
    {
        if (!_core.Remove(fault))
        {
            return false;
        }

        if (_limits.TryRemove(fault, out var limit))
        {
            limit.Dispose();
        }

        if (fault is ListenerFault listener && !_core.Faults.OfType<ListenerFault>().Any())
        {
            listener.Clear(_door);
        }

        fault.Lift();
        OnLifted?.Invoke(fault);
        return true;
    }

    /// <summary>A fault is over: cleared, or its time was up.</summary>
    public event Action<ProxyFault>? OnLifted;

    /// <summary>Lifts every fault and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var fault in _core.Faults)
        {
            Clear(fault);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        _door.Dispose();
        await _accepting.ConfigureAwait(false);
        foreach (var session in _sessions.Keys)
        {
            session.Cut();
        }

        foreach (var loop in _loops)
        {
            loop?.Dispose();
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var number = 1L; ; number++)
        {
            try
            {
                var socket = await _door.AcceptAsync(_stop.Token).ConfigureAwait(false);
                if (_sessions.Count >= _options.MaxConnections)
                {
                    socket.Dispose();
                    continue;
                }

                var loop = _loops[(int)(number % _loops.Length)];
                _ = ServeAsync(new Session(_core, loop, Wire(socket, loop), number));
            }
            catch (Exception end) when (_stop.IsCancellationRequested
                && end is OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
            {
                return;
            }
            catch (Exception trouble) when (trouble is System.Net.Sockets.SocketException or IOException)
            {
                // A client that left before it was let in, no descriptor free, or none more to be watched: the next one may do better.
                await Task.Delay(TimeSpan.FromMilliseconds(10), _core.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static PeerWire Wire(System.Net.Sockets.Socket socket, WireLoop? loop)
    {
        try
        {
            return loop is null ? new SocketWire(socket) : new LoopWire(loop, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ServeAsync(Session session)
    {
        _sessions[session] = 0;
        try
        {
            await session.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _sessions.TryRemove(session, out _);
            session.Dispose();
        }
    }

    private void Sweep()
    {
        foreach (var session in _sessions.Keys)
        {
            if (_core.Time.GetElapsedTime(session.LastActive) > _options.IdleTimeout && session.IsIdle)
            {
                session.Cut();
            }
        }
    }
}
