namespace ChaosBench.Reports.Html;

/// <summary>What <c>report.html</c> shows beside the summary and the journal. All of it is shown as text, whatever it holds.</summary>
public sealed record ReportFacts
{
    /// <summary>The scenario's own description. Null: none was written.</summary>
    public string? Description { get; init; }

    /// <summary>The gates as resolved, one line each. Empty: nothing was asked, and the page says so.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>The command that repeats this run. Null: not known.</summary>
    public string? ReplayCommand { get; init; }

    /// <summary>Names and values in the order to be shown: model hashes, seed, plan hash, machine.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Manifest { get; init; } = [];
}
