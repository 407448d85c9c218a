namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// Numbers of the requests that follow planned ones, the same whatever happens in the run: after the arrivals of the plan, arrival by
/// arrival, those of their later turns.
/// </summary>
public sealed class TurnNumbers
{
    // Turns after the first of all arrivals before this one.
    private readonly int[] _before;

    public TurnNumbers(IReadOnlyList<Arrival> arrivals)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        _before = new int[arrivals.Count + 1];
        for (var at = 0; at < arrivals.Count; at++)
        {
            _before[at + 1] = checked(_before[at] + arrivals[at].Prompt.Turns.Count);
        }
    }

    /// <summary>Later turns of all arrivals: no run of the plan sends more.</summary>
    public int Total => _before[^1];

    private int Arrivals => _before.Length - 1;

    /// <param name="turn">From 1.</param>
    public int NumberOf(int arrival, int turn) => Arrivals + _before[arrival] + turn - 1;

    /// <summary>Which turn of which arrival has this number; turn 0 is the arrival itself.</summary>
    public (int Arrival, int Turn) Find(int number)
    {
        if (number < Arrivals)
        {
            return (number, 0);
        }

        var later = number - Arrivals;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(later, Total, nameof(number));
        var (low, high) = (0, Arrivals - 1);
        while (low < high)
        {
            // The last arrival with no more turns before it than this one.
            var middle = (low + high + 1) / 2;
            (low, high) = _before[middle] <= later ? (middle, high) : (low, middle - 1);
        }

        return (low, later - _before[low] + 1);
    }
}
