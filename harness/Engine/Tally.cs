using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine;

/// <summary>Counts outcomes while the run goes on.</summary>
internal sealed class Tally
{
    private static readonly int Kinds = Enum.GetValues<Outcome>().Length;

    private readonly int[] _byOutcome = new int[Kinds];
    private int _sent;
    private long _outputTokens;

    /// <summary>Of answers whose tokens were counted when they ended.</summary>
    public long OutputTokens => Volatile.Read(ref _outputTokens);

    public void Add(Outcome outcome, bool sent, int outputTokens = 0)
    {
        if (outputTokens > 0)
        {
            Interlocked.Add(ref _outputTokens, outputTokens);
        }

        Interlocked.Increment(ref _byOutcome[(int)outcome]);
        if (sent)
        {
            Interlocked.Increment(ref _sent);
        }
    }

    public RunCounts Snapshot()
    {
        var byOutcome = new Dictionary<Outcome, int>();
        var arrivals = 0;
        for (var kind = 0; kind < Kinds; kind++)
        {
            var count = Volatile.Read(ref _byOutcome[kind]);
            arrivals += count;
            if (count > 0)
            {
                byOutcome[(Outcome)kind] = count;
            }
        }

        return new RunCounts(arrivals, Volatile.Read(ref _sent), byOutcome);
    }
}
