using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>One fault of the catalogue in the matrix.</summary>
/// <param name="More">What follows the fault's name on its line of the scenario.</param>
/// <param name="Lasts">Milliseconds of its window.</param>
/// <param name="Observable">What of it the journal shows, in words.</param>
internal sealed record MatrixRow(string Fault, string More, int Lasts, string Observable, Func<Seen, bool> IsSeen)
{
    public static MatrixRow Of(string fault, string more, string observable, Func<Seen, bool> isSeen, int lasts = 1000) =>
        new(fault, more, lasts, observable, isSeen);

    /// <summary>A request that was hit and of which this holds.</summary>
    public static MatrixRow Hit(
        string fault, string more, string observable, Func<Seen, JournalEvent.Observation, bool> isSeen, int lasts = 1000) =>
        new(fault, more, lasts, observable, seen => seen.Hits.Any(hit => isSeen(seen, hit)));
}

/// <summary>What the journal of a run says about one of its faults.</summary>
internal sealed class Seen(IReadOnlyList<JournalEvent> journal, string fault)
{
    public IReadOnlyList<JournalEvent.Observation> All { get; } = [.. journal.OfType<JournalEvent.Observation>()];

    public IReadOnlyList<JournalEvent.Observation> Hits => [.. All.Where(one => one.Faults.Contains(fault))];

    public int Applied => journal.OfType<JournalEvent.Injection>().Count(one => one.Fault == fault && one.Kind == InjectionKind.Applied);

    public IReadOnlyList<FaultState> States => [.. Transitions.Select(one => one.State)];

    public string Detail => Transitions.FirstOrDefault(one => one.State == FaultState.Active)?.Detail ?? "";

    /// <summary>What was noticed from its start to a second after its end.</summary>
    public IReadOnlyList<string> Noticed =>
        [.. journal.OfType<JournalEvent.Detection>().Where(one => one.At >= Start && one.At <= End + 1_000_000_000).Select(one => one.What)];

    /// <summary>Requests of the run that were sent in its window and not hit.</summary>
    public IReadOnlyList<JournalEvent.Observation> Bystanders =>
        [.. All.Where(one => one.Sent >= Start && one.Sent <= End && !one.Faults.Contains(fault))];

    private IReadOnlyList<JournalEvent.FaultTransition> Transitions => [.. journal.OfType<JournalEvent.FaultTransition>().Where(one => one.Fault == fault)];

    private long Start => Transitions.FirstOrDefault(one => one.State == FaultState.Ordered)?.At ?? long.MaxValue;

    private long End => Transitions.Count > 0 ? Transitions[^1].At : 0;

    /// <summary>The answer is the one that the same prompt got without any fault.</summary>
    public bool IsClean(JournalEvent.Observation one) => one.Outcome == Outcome.Completed && CleanOf(one) is { } clean && clean == one.OutputSha256;

    /// <summary>It is whole and another one.</summary>
    public bool IsOther(JournalEvent.Observation one) => one.Outcome == Outcome.Completed && CleanOf(one) is { } clean && clean != one.OutputSha256;

    public static bool HasGap(JournalEvent.Observation one, int milliseconds) => one.Gaps.Any(gap => gap.Nanos >= milliseconds * 1_000_000L);

    public static bool IsLate(JournalEvent.Observation one, int milliseconds) => one.FirstToken - one.Sent >= milliseconds * 1_000_000L;

    private Sha256Digest? CleanOf(JournalEvent.Observation one) => All.FirstOrDefault(other =>
        other.PromptId == one.PromptId && other.Faults.Count == 0 && other.Outcome == Outcome.Completed && !other.Cohort.Tags.ContainsKey("fault"))?.OutputSha256;
}
