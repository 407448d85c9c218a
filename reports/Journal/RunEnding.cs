namespace ChaosBench.Reports.Journal;

public enum RunEnding
{
    Completed,
    Aborted,
    Cancelled,
    Broken,

    /// <summary>Stopped before the first fault: what is not steady by itself says nothing about a fault.</summary>
    BaselineUnsteady,

    /// <summary>The candidate could not be reached or loaded.</summary>
    CandidateUnavailable,
}

public enum HealState
{
    NotNeeded,
    Verified,
    Unverified,
    Failed,
}
