using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Capacity;

/// <summary>
/// Requests under way, and whether they only become more. In a stable system their number goes up and down by about the square root
/// of the arrivals; in an overloaded one it grows in proportion to them, long before a generous objective is missed.
/// </summary>
internal sealed class Backlog
{
    private const int Smallest = 4;

    private int _sent;
    private int _ended;
    private (long At, int Sent, int Ended)? _base;
    private (long At, int Sent, int Ended) _last;

    public int InFlight => _sent - _ended;

    /// <summary>Since the start, warm-up included.</summary>
    public int AllSent => _sent;

    /// <summary>Of the window so far: under way now less under way at its start.</summary>
    public int Growth => _base is { } start ? _last.Sent - _last.Ended - (start.Sent - start.Ended) : 0;

    public int SentInWindow => _last.Sent - (_base?.Sent ?? _last.Sent);

    /// <summary>Far beyond chance: four standard deviations, and a quarter of what was sent.</summary>
    public bool Runs => Beyond(4, 0.25);

    /// <summary>Two standard deviations, and 3 % of what was sent.</summary>
    public bool Grows => Beyond(2, 0.03);

    public void Sent() => _sent++;

    public void Ended() => _ended++;

    /// <param name="inWindow">The warm-up is over.</param>
    public void Look(long now, bool inWindow)
    {
        _last = (now, _sent, _ended);
        _base = inWindow ? _base ?? _last : null;
    }

    public string Words()
    {
        var seconds = Nanos.ToSeconds(_last.At - (_base?.At ?? _last.At));
        double Rate(int count) => seconds > 0 ? count / seconds : 0;
        return $"the queue grew by {Growth}: {Wording.Number(Rate(SentInWindow))}/s were sent and "
            + $"{Wording.Number(Rate(_last.Ended - (_base?.Ended ?? 0)))}/s came to an end";
    }

    private bool Beyond(double deviations, double share) =>
        Growth >= Math.Max(Smallest, Math.Max(deviations * Math.Sqrt(SentInWindow), share * SentInWindow));
}
