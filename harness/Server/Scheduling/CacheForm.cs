namespace ChaosBench.Server.Scheduling;

/// <summary>How a graph keeps keys and values, and how rows of different lengths share a decode step.</summary>
internal enum CacheForm
{
    /// <summary>Past and present are one buffer of fixed length; every row begins at its first position.</summary>
    Shared,

    /// <summary>Present is longer than past. Rows are padded in front, and a new token stands behind the padding and the past of all.</summary>
    GrowingPaddedLeft,

    /// <summary>Present is longer than past. Rows are padded behind, and a new token stands where its row ends (GroupQueryAttention).</summary>
    GrowingPaddedRight,

    /// <summary>Present is longer than past, and only rows of one length can share a step.</summary>
    GrowingEqualLengths,
}
