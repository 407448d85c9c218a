using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>Findings that were judged part by part: each corruption, group of people or property with its own interval.</summary>
internal static class PartSection
{
    private const int MostParts = 100;
    private static readonly string[] Heads = ["Verdict", "Part", "#Seen", "#From", "#To", "#Rests on", "#Chance, corrected"];

    /// <summary>Of a drift the parts are distances (PSI, KS, ...) beside what samples of these sizes stay below without drift: no shares.</summary>
    private static readonly string[] DriftHeads = ["Verdict", "Part", "#Distance", "#Usually below", "#Rests on", "#Chance, corrected"];

    /// <summary>Nothing where no finding has parts.</summary>
    public static Markup Of(ReportModel model)
    {
        var findings = model.Summary.Findings.Where(finding => finding.Parts is { Count: > 0 }).ToList();
        return Markup.If(findings.Count > 0, () => Parts.Section(
            "parts", "Part by part", "A finding shows its worst part; a gate holds only when it holds for every one.",
            Markup.Of($"{findings.Select(OfFinding)}")));
    }

    private static Markup OfFinding(Finding finding) => finding.Objective.Contains("drift", StringComparison.Ordinal)
        ? Parts.Table(finding.Objective, DriftHeads, finding.Parts!.Take(MostParts).Select(Drift))
        : Parts.Table(finding.Objective, Heads, finding.Parts!.Take(MostParts).Select(part => Row(part, finding.Unit)));

    private static Markup Drift(FindingPart part) => Markup.Of($"""
        <tr><td>{Parts.Chip(part.Verdict)}</td><th scope="row">{part.Name}</th>{Parts.Number(Show.Plain(part.Observed))}{Parts.Number(Show.Plain(part.High))}{Parts.Number(Show.Count(part.Samples))}{Parts.Number(Show.Share(part.CorrectedChance))}</tr>

        """);

    private static Markup Row(FindingPart part, string unit) => Markup.Of($"""
        <tr><td>{Parts.Chip(part.Verdict)}</td><th scope="row">{part.Name}</th>{Parts.Number(Show.Value(part.Observed, unit))}{Parts.Number(Show.Value(part.Low, unit))}{Parts.Number(Show.Value(part.High, unit))}{Parts.Number(Show.Count(part.Samples))}{Parts.Number(Show.Share(part.CorrectedChance))}</tr>

        """);
}
