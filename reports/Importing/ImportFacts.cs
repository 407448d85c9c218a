namespace ChaosBench.Reports.Importing;

/// <summary>Where an imported run comes from and what its numbers mean: <c>import</c> of <c>manifest.json</c>. Absent for runs of ChaosBench's own.</summary>
public sealed record ImportFacts
{
    /// <summary>Name of the format, which is that of the importer.</summary>
    public required string Format { get; init; }

    /// <summary>The tool as it calls itself, with its version where the file tells.</summary>
    public required string Tool { get; init; }
    public string? ToolVersion { get; init; }

    /// <summary>Which of the tool's forms: <c>detailed</c>, <c>totals</c> and the like.</summary>
    public required string Form { get; init; }

    public required IReadOnlyList<ImportedFile> Files { get; init; }

    /// <summary>Which of the runs in the file, from 1.</summary>
    public int Number { get; init; } = 1;

    /// <summary>What this run's <c>ttft</c>, <c>e2e</c>, <c>tpot</c> mean; by metric.</summary>
    public required IReadOnlyDictionary<string, string> Definitions { get; init; }

    /// <summary>Metrics that the file cannot tell, so that they must not be read as zero: an <c>error_rate</c> where only successes are listed.</summary>
    public IReadOnlyList<string> Untold { get; init; } = [];

    /// <summary>How the published percentiles are made.</summary>
    public string? Percentiles { get; init; }

    /// <summary>Requests per second by their instants. Null: the file has no instants.</summary>
    public double? OfferedRate { get; init; }

    /// <summary>Only a part of the file could be read.</summary>
    public bool Partial { get; init; }

    /// <summary>What a reader must know: what was cut, mapped or is missing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public IReadOnlyList<PublishedFigure> Figures { get; init; } = [];
}

/// <param name="Name">As the user named it.</param>
public sealed record ImportedFile(string Name, string Sha256, long Bytes);
