namespace ChaosBench.Scenarios.Model;

/// <summary>
/// An A/B run whose versions are not kept warm: before each of its blocks a version is started anew, alone, and asked a few requests that no
/// number counts.
/// </summary>
/// <param name="Within">The pause before each block, without load, in which all of that happens.</param>
/// <param name="Requests">Unmeasured requests after each start, one after another.</param>
public sealed record FreshStarts(TimeSpan Within, int Requests)
{
    /// <summary>From one block to the next: the pause, then load for as long as the pause or the usual block, whichever is longer.</summary>
    public TimeSpan Slot(TimeSpan block) => Within + (block > Within ? block : Within);
}
