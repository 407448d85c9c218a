using System.Globalization;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>A gate that a person waived is shown as it was seen and does not count; one that held needs no waiver.</summary>
internal static class Waiving
{
    public static Finding Apply(Finding finding, string scenario, IReadOnlyList<Waiver> waivers)
    {
        if (finding.Kind is not (FindingKinds.Gate or FindingKinds.Guard) || finding.Verdict == FindingVerdict.Pass
            || waivers.FirstOrDefault(waiver => waiver.Covers(scenario, finding.Objective)) is not { } waived)
        {
            return finding;
        }

        return finding with
        {
            Kind = FindingKinds.Waived,
            Waiver = waived,
            Advice = string.Create(
                CultureInfo.InvariantCulture,
                $"{finding.Advice} Waived until {waived.Expires:yyyy-MM-dd} by {waived.Owner}: {waived.Reason}"),
        };
    }
}
