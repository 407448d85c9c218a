using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Measuring;

namespace ChaosBench.Reports.Judging;

/// <summary>Whether similarities to goldens mean anything in this run.</summary>
internal static class GoldenJudge
{
    /// <summary>Null: they do.</summary>
    public static Ruling? Doubt(Measurements run) => run.Golden switch
    {
        null => Ruling.Undecided(GoldenReasons.Missing, "The answers were not held against goldens: the run ended before that."),
        { Problem: { } reason, Detail: var detail } => Ruling.Undecided(reason, $"Nothing can be said about similarity: {detail}."),
        { Scored: 0 } nothing => Ruling.Undecided(
            GoldenReasons.EmptyCohort,
            FormattableString.Invariant($"None of {nothing.Uncovered} answers has a golden: the snapshot is of other prompts, temperatures or batches ({Names(nothing)}).")),
        _ => null,
    };

    /// <summary>What a share of covered answers leaves unsaid; nothing where all are covered.</summary>
    public static string Uncovered(Measurements run) => run.Golden is { Uncovered: > 0 } golden
        ? FormattableString.Invariant($" {golden.Uncovered} answers have no golden and are not in it: {Names(golden)}.") : "";

    private static string Names(Journal.JournalEvent.GoldenCompared golden) => golden.UncoveredCases.Count == 0 ? "not named"
        : string.Join(", ", golden.UncoveredCases.Take(5)) + (golden.UncoveredCases.Count > 5 ? ", ..." : "");
}
