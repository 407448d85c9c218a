namespace ChaosBench.Reports.Runs;

/// <summary>A run folder: names of its files.</summary>
public static partial class RunFolder
{
    public const string ManifestName = "manifest.json";
    public const string JournalName = "journal.jsonl";
    public const string SummaryName = "summary.json";
}
