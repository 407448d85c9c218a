namespace ChaosBench.Reports.Inspection;

/// <summary>What <c>chaosbench inspect --json</c> prints: how ready a prompt set is to be trusted.</summary>
/// <param name="Findings">What needs a look, the most serious first; empty when nothing does.</param>
/// <param name="Facts">Numbers by name, in a fixed order.</param>
/// <param name="Lineage">Lower-case hex SHA-256: of the file, and of the contents whatever their order and format.</param>
public sealed record InspectionReport(
    int Schema, string Path, int Prompts, int Skipped, IReadOnlyList<InspectionFinding> Findings, IReadOnlyDictionary<string, double> Facts,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Labels, Lineage Lineage, IReadOnlyList<DriftFinding> Drift)
{
    public const int CurrentSchema = 1;

    public bool IsReady => Findings.Count == 0;
}

/// <param name="Code">Stable, for machines: <c>duplicates</c>, <c>personal-data</c>, ...</param>
/// <param name="Sentence">Counts and shares; never a prompt's text.</param>
/// <param name="Examples">Ids of prompts, the first few.</param>
public sealed record InspectionFinding(string Code, string Sentence, long Count, IReadOnlyList<string> Examples);

public sealed record Lineage(string FileSha256, string ContentSha256, string? ReferenceFileSha256 = null, string? ReferenceContentSha256 = null);

/// <summary>One property of the prompts against the same property of the reference.</summary>
/// <param name="Psi">Population stability index; null where nothing can be compared, <paramref name="Sentence"/> says why.</param>
/// <param name="Threshold">What it stays below without drift, with 95 % confidence (Yurdakul 2018).</param>
public sealed record DriftFinding(string Property, double? Psi, double? Threshold, bool Drifted, string Sentence);
