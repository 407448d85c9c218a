using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>What became of requests and of their copies in a run with mirrored traffic, the warm-up left out.</summary>
public sealed class ShadowLog
{
    private readonly Dictionary<int, JournalEvent.Observation> _waiting = [];

    /// <summary>Requests of users: those of the baseline.</summary>
    public int Requests { get; private set; }

    /// <summary>Of them, how many did not complete: what users saw.</summary>
    public int UsersFailed { get; private set; }

    /// <summary>Copies that did not complete, which no user saw.</summary>
    public int CopiesFailed { get; private set; }

    /// <summary>Requests that both versions answered.</summary>
    public int BothAnswered { get; private set; }

    /// <summary>Of them, how many got the very same answer, by its hash.</summary>
    public int SameAnswer { get; private set; }

    /// <summary>Copies that failed where the user's request did not, and the other way round.</summary>
    public int OnlyCopyFailed { get; private set; }
    public int OnlyUserFailed { get; private set; }

    internal void Add(JournalEvent.Observation seen, string baseline)
    {
        if (seen.Phase == Phase.WarmUp)
        {
            return;
        }

        var completed = seen.Outcome == Outcome.Completed;
        var isUsers = seen.Target == baseline;
        Requests += isUsers ? 1 : 0;
        UsersFailed += isUsers && !completed ? 1 : 0;
        CopiesFailed += !isUsers && !completed ? 1 : 0;
        if (!_waiting.Remove(seen.Arrival / 2, out var twin))
        {
            _waiting[seen.Arrival / 2] = seen with { Gaps = [] };
            return;
        }

        var other = twin.Outcome == Outcome.Completed;
        if (completed && other)
        {
            BothAnswered++;
            SameAnswer += seen.OutputSha256 is { } hash && hash.Equals(twin.OutputSha256) ? 1 : 0;
        }
        else if (completed != other)
        {
            OnlyUserFailed += completed != isUsers ? 1 : 0;
            OnlyCopyFailed += completed == isUsers ? 1 : 0;
        }
    }
}
