using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Searching;

/// <summary>What a worst case is.</summary>
internal enum SearchGoal
{
    /// <summary>Answered later than its clean parent.</summary>
    Latency,

    /// <summary>Answered worse than its clean parent.</summary>
    Quality,
}

/// <summary>What to search, with what and for how long.</summary>
internal sealed record SearchSettings(Plan Plan, SearchGoal Goal)
{
    public ulong Seed => Plan.Seed;

    /// <summary>At most so many requests, all stages together.</summary>
    public int Requests { get; init; } = 1_200;

    /// <summary>At most so long; null: only <see cref="Requests"/> counts.</summary>
    public TimeSpan? Length { get; init; }

    /// <summary>Clean prompts that damage starts from, in the order of the plan.</summary>
    public int Parents { get; init; } = 8;

    /// <summary>At most so many finds are re-measured and minimised.</summary>
    public int Finds { get; init; } = 3;

    /// <summary>Fresh pairs of a find and its clean parent.</summary>
    public int Pairs { get; init; } = 12;

    public required IReadOnlyList<Mutator> Mutators { get; init; }
}

/// <summary>How much of a search may still be spent: requests, and time where it is limited too.</summary>
internal sealed class Budget(int requests, TimeSpan? length, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public int Requests => requests;

    public int Used { get; private set; }

    public void Spend() => Used++;

    /// <summary>Whether this share of the whole cannot take so many requests more.</summary>
    public bool IsSpent(double share, int more) => Used + more > Math.Floor(share * requests) || IsSpent(share);

    /// <summary>Whether this share of the whole is gone.</summary>
    public bool IsSpent(double share) =>
        Used >= Math.Floor(share * requests) || (length is { } most && time.GetElapsedTime(_started) >= share * most);
}
