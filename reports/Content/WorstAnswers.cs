using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Content;

/// <summary>The wrong answers of the candidate that a reader learns most from: first those that the baseline got right.</summary>
public static class WorstAnswers
{
    private const int Most = 12;

    /// <summary>Looked at for the choice; the rest of a run that went all wrong looks like these.</summary>
    private const int MostConsidered = 200;

    // Below 1 these say how like an answer is, not that it is wrong.
    private static readonly HashSet<string> Likeness = [.. new[]
    {
        MetricId.Similarity, MetricId.Rouge1, MetricId.Rouge2, MetricId.RougeL, MetricId.Bleu, MetricId.Chrf, MetricId.Levenshtein,
    }.Select(Metrics.NameOf)];

    private const int MostScores = 1_000_000;

    /// <param name="journal">Read once.</param>
    /// <param name="content">Enumerated up to three times; empty when the run kept no texts.</param>
    /// <param name="baseline">Null outside A/B runs.</param>
    public static IReadOnlyList<WorstAnswer> Of(
        IEnumerable<JournalEvent> journal, IEnumerable<ContentLine> content, string candidate, string? baseline)
    {
        if (!content.Any())
        {
            return [];
        }

        var wrong = Wrong(journal);
        var mine = content.Where(line => line.Target == candidate && wrong.ContainsKey(line.Arrival)).Take(MostConsidered).ToList();
        var keys = mine.Select(line => line.Key).ToHashSet(StringComparer.Ordinal);
        var theirs = new Dictionary<string, ContentLine>(StringComparer.Ordinal);
        foreach (var line in baseline is null ? [] : content.Where(line => line.Target == baseline && keys.Contains(line.Key)))
        {
            theirs.TryAdd(line.Key, line);
        }

        bool BaselineIsRight(ContentLine line) => theirs.TryGetValue(line.Key, out var other) && !wrong.ContainsKey(other.Arrival);
        return
        [
            .. mine.DistinctBy(line => line.Key).OrderByDescending(BaselineIsRight).Take(Most)
                .Select(line => new WorstAnswer(line, theirs.GetValueOrDefault(line.Key), wrong[line.Arrival], BaselineIsRight(line))),
        ];
    }

    /// <summary>What was wrong with an answer, by arrival.</summary>
    private static Dictionary<int, string> Wrong(IEnumerable<JournalEvent> journal)
    {
        var wrong = new Dictionary<int, string>();
        foreach (var score in journal.OfType<JournalEvent.Score>().Where(score => score.Value is not >= 1 && !Likeness.Contains(score.Grader)))
        {
            if (wrong.Count >= MostScores)
            {
                break;
            }

            var words = score.Detail is { } detail ? $"{score.Grader}: {detail}" : score.Grader;
            wrong[score.Arrival] = wrong.TryGetValue(score.Arrival, out var before) ? $"{before}; {words}" : words;
        }

        return wrong;
    }
}

/// <param name="Baseline">Null outside A/B runs, and where its texts were not kept.</param>
/// <param name="Why">Graders that the answer did not satisfy.</param>
public sealed record WorstAnswer(ContentLine Candidate, ContentLine? Baseline, string Why, bool BaselineIsRight);
