using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Content;

/// <summary>What one request said and what was answered, after redaction: a line of <c>content.jsonl.gz</c>.</summary>
public sealed record ContentLine
{
    public required int Arrival { get; init; }

    /// <summary>The same for the same prompt in both arms of an A/B run.</summary>
    public required string Key { get; init; }

    public required string Target { get; init; }
    public required Outcome Outcome { get; init; }
    public required IReadOnlyList<ContentMessage> Messages { get; init; }

    /// <summary>Null: nothing was answered.</summary>
    public string? Output { get; init; }

    /// <summary>The known answer, where there is one.</summary>
    public string? Expected { get; init; }
}

public sealed record ContentMessage(string Role, string Content);

/// <summary>The first line of the file.</summary>
/// <param name="Share">Of the requests, how many were to be kept; the keys decide which.</param>
public sealed record ContentHeader(int Schema, double Share)
{
    public const int CurrentSchema = 1;
}
