using System.Diagnostics;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Judging;

/// <summary>One sentence for a manager: what was decided and why.</summary>
internal static class Headlines
{
    public static string Of(Measurements run, RunVerdict verdict, IReadOnlyList<string> reasons, IReadOnlyList<Finding> findings)
    {
        var name = run.Candidate;
        var deciding = findings.Where(finding => FindingKinds.Decides(finding.Kind)).ToList();
        var waived = findings.Count(finding => finding.Kind == FindingKinds.Waived);
        return verdict switch
        {
            RunVerdict.Pass when deciding.Count == 0 && waived > 0 =>
                $"{name} was measured and nothing was judged: {Plural(waived, "gate")} did not hold and {(waived == 1 ? "is" : "are")} waived.",
            RunVerdict.Pass when deciding.Count == 0 =>
                $"{name} was measured and nothing was judged: the scenario declares no gates.",
            RunVerdict.Pass => $"{name} may be promoted: {Plural(deciding.Count, "gate")} held over "
                + $"{Plural(run.Requests.Count, "request")}{(waived > 0 ? $", {waived} waived" : "")}.",
            RunVerdict.Fail => $"{name} must not be promoted: {Why(FindingVerdict.Fail)}",
            RunVerdict.Inconclusive => $"It cannot be told whether {name} may be promoted: {Why(FindingVerdict.Inconclusive)}",
            RunVerdict.Error or RunVerdict.Aborted or RunVerdict.Cancelled => $"{name} was not judged: {Lower(reasons[0])}",
            _ => throw new UnreachableException($"no headline for {verdict}"),
        };

        string Why(FindingVerdict kind)
        {
            var those = findings
                .Where(finding => finding.Verdict == kind)
                .Where(finding => FindingKinds.Fails(finding.Kind)).ToList();
            if (those.Count == 0 || (verdict == RunVerdict.Inconclusive && reasons.Count > 0))
            {
                return Lower(reasons.Count > 0 ? reasons[0] : "a precondition of the run did not hold.");
            }

            var fate = kind == FindingVerdict.Fail ? "failed" : "could not be decided";
            var more = those.Count > 1 ? $" {Plural(those.Count - 1, "more finding")} {fate} too." : "";
            return Lower(those[0].Advice) + more;
        }
    }

    private static string Plural(int count, string what) => FormattableString.Invariant($"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>Sentences begin with a capital; names and numbers keep theirs.</summary>
    private static string Lower(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
