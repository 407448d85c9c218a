using System.Collections.Concurrent;

namespace ChaosBench.Engine;

/// <summary>
/// The requests under way. <see cref="Idle"/> fires once nothing is under way and nobody who could send more holds it open:
/// dispatcher and clients each hold it while they run.
/// </summary>
internal sealed class Flights : IDisposable
{
    private readonly ConcurrentDictionary<int, Flight> _flights = new();

    // Flights that are used again and again: whether one is under way, it knows itself.
    private readonly ConcurrentQueue<Flight> _reused = new();
    private readonly CancellationTokenSource _idle = new();
    private int _holders;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public CancellationToken Idle => _idle.Token;

    public IEnumerable<Flight> All => _flights.Values.Concat(_reused.Where(flight => flight.IsUnderWay));

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _idle.Cancel();
        }
    }

    /// <summary>This flight will serve many requests, one after the other.</summary>
    public void Reuse(Flight flight) => _reused.Enqueue(flight);

    public void Add(Flight flight)
    {
        Hold();
        Interlocked.Increment(ref _count);
        flight.Depart();
        if (!flight.IsReused && !_flights.TryAdd(flight.Arrival.Index, flight))
        {
            throw new InvalidOperationException($"Arrival {flight.Arrival.Index} is in the plan twice.");
        }
    }

    public void Remove(Flight flight)
    {
        if (flight.Arrive())
        {
            if (!flight.IsReused)
            {
                _flights.TryRemove(flight.Arrival.Index, out _);
            }

            Interlocked.Decrement(ref _count);
            Release();
        }
    }

    public void Dispose() => _idle.Dispose();
}
