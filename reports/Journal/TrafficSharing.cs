namespace ChaosBench.Reports.Journal;

/// <summary>How two versions shared the traffic of a run in which both had it at the same time.</summary>
/// <param name="CandidateShare">Of a split: what the candidate was to get, 0 to 1.</param>
/// <param name="Rotate">Of a split: seconds after which it was drawn anew who goes where.</param>
public sealed record TrafficSharing(SharingKind Kind, double? CandidateShare = null, double? Rotate = null);

public enum SharingKind
{
    /// <summary>Each version its share of the requests, at the same time.</summary>
    Split,

    /// <summary>Every request to the baseline, a copy to the candidate; arrivals 2k and 2k + 1 are one request and its copy.</summary>
    Shadow,
}
