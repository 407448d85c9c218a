using System.Globalization;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Merging;

/// <summary>What the shards say once each, as one: how they ended, what was held against golden answers and what a judge said.</summary>
internal sealed class Endings
{
    private static readonly RunEnding[] WorstFirst =
    [
        RunEnding.Broken, RunEnding.Aborted, RunEnding.Cancelled, RunEnding.CandidateUnavailable, RunEnding.BaselineUnsteady, RunEnding.Completed,
    ];

    private static readonly HealState[] SickestFirst = [HealState.Failed, HealState.Unverified, HealState.Verified, HealState.NotNeeded];

    private readonly List<(int Shard, JournalEvent.RunEnded End)> _ends = [];
    private JournalEvent.GoldenCompared? _golden;
    private JournalEvent.Judged? _judged;

    public void Add(int shard, JournalEvent.RunEnded end) => _ends.Add((shard, end));

    public void Add(JournalEvent.GoldenCompared compared) => _golden = _golden is not { } before ? compared : before with
    {
        At = Math.Max(before.At, compared.At),
        Scored = before.Scored + compared.Scored,
        Uncovered = before.Uncovered + compared.Uncovered,
        Problem = before.Problem ?? compared.Problem,
        Detail = before.Problem is null ? compared.Detail : before.Detail,
    };

    public void Add(JournalEvent.Judged judged) => _judged = _judged is not { } before ? judged : before with
    {
        At = Math.Max(before.At, judged.At),
        Answers = before.Answers + judged.Answers,
        Unanswered = before.Unanswered + judged.Unanswered,
        Right = before.Right + judged.Right,
        RightCalledRight = before.RightCalledRight + judged.RightCalledRight,
        Wrong = before.Wrong + judged.Wrong,
        WrongCalledWrong = before.WrongCalledWrong + judged.WrongCalledWrong,
        Agreement = Smaller(before.Agreement, judged.Agreement),
        Problem = before.Problem ?? judged.Problem,
        Detail = before.Problem is null ? judged.Detail : before.Detail,
    };

    /// <summary>
    /// The last lines of the merged journal. A shard without a last line does not stand in them: that is said by the first line. When none
    /// has one, neither has the whole.
    /// </summary>
    /// <param name="unfinished">Some shard has no last line: what it injected, nobody saw lifted.</param>
    public IEnumerable<JournalEvent> Lines(bool unfinished)
    {
        if (_golden is not null)
        {
            yield return _golden;
        }

        if (_judged is not null)
        {
            yield return _judged;
        }

        if (_ends.Count > 0)
        {
            // One that was taken back while others went on is a missing part; the first line says so.
            var told = _ends.Any(end => end.End.Ending == RunEnding.Completed) ? _ends.FindAll(end => end.End.Ending != RunEnding.Cancelled) : _ends;
            var worst = told.MinBy(end => Array.IndexOf(WorstFirst, end.End.Ending));
            var sickest = _ends.MinBy(end => Array.IndexOf(SickestFirst, end.End.Healed)).End.Healed;
            yield return worst.End with
            {
                At = _ends.Max(end => end.End.At),
                Reason = worst.End.Reason is { } reason ? string.Create(CultureInfo.InvariantCulture, $"shard {worst.Shard}: {reason}") : null,
                Healed = unfinished && sickest == HealState.Verified ? HealState.Unverified : sickest,
            };
        }
    }

    private static double? Smaller(double? one, double? other) => one is { } first && other is { } second ? Math.Min(first, second) : one ?? other;
}
