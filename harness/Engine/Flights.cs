using System.Collections.Concurrent;

namespace ChaosBench.Engine;

/// <summary>
/// The requests under way. <see cref="Idle"/> fires once nothing is under way and nobody who could send more holds it open:
/// dispatcher and clients each hold it while they run.
/// </summary>
internal sealed class Flights : IDisposable
{
    private readonly ConcurrentDictionary<int, Flight> _flights = new();
    private readonly CancellationTokenSource _idle = new();
    private int _holders;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public CancellationToken Idle => _idle.Token;

    public IEnumerable<Flight> All => _flights.Values;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _idle.Cancel();
        }
    }

    public void Add(Flight flight)
    {
        Hold();
        Interlocked.Increment(ref _count);
        if (!_flights.TryAdd(flight.Arrival.Index, flight))
        {
            throw new InvalidOperationException($"Arrival {flight.Arrival.Index} is in the plan twice.");
        }
    }

    public void Remove(Flight flight)
    {
        if (_flights.TryRemove(flight.Arrival.Index, out _))
        {
            Interlocked.Decrement(ref _count);
            Release();
        }
    }

    public void Dispose() => _idle.Dispose();
}
