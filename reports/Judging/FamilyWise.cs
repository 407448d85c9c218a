using ChaosBench.Reports.Statistics.Multiplicity;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Several gates are several chances of a false alarm: a gate fails the run only if it still would with Holm's correction over all gates
/// that have a chance of error. That all of them hold needs no correction: a pass asks for every single one (Berger 1982). Guards are
/// safety limits and are not corrected.
/// </summary>
internal static class FamilyWise
{
    public const double Alpha = 1 - AbsoluteJudge.Confidence;

    public static IReadOnlyList<Finding> Corrected(IReadOnlyList<Finding> findings)
    {
        var family = Enumerable.Range(0, findings.Count)
            .Where(i => findings[i] is { Kind: FindingKinds.Gate, Chance: not null }).ToList();
        var corrected = Adjusted.Holm([.. family.Select(i => findings[i].Chance!.Value)]).Values;
        var all = findings.ToList();
        foreach (var (i, chance) in family.Zip(corrected))
        {
            all[i] = Correct(findings[i] with { CorrectedChance = chance }, family.Count);
        }

        return all;
    }

    private static Finding Correct(Finding finding, int gates) =>
        finding.Verdict != FindingVerdict.Fail || finding.CorrectedChance is not { } chance || chance <= Alpha ? finding
        : finding with
        {
            Verdict = FindingVerdict.Inconclusive,
            ReasonCode = ReasonCodes.NotAmongSeveral,
            Advice = $"{finding.Advice} By itself that would fail, but among {gates} gates something this bad turns up by chance in "
                + $"{Wording.Percent(chance)} of runs (Holm), more than {Wording.Percent(Alpha)}. Run longer, or ask fewer things as gates.",
        };
}
