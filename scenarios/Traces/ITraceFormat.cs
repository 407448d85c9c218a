using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// A kind of file that recorded traffic comes in. Reads in one pass, in bounded memory, in the order of the file.
/// </summary>
public interface ITraceFormat
{
    /// <summary>As written after <c>chaosbench import</c> and <c>format:</c>.</summary>
    string Name { get; }

    /// <summary>Where such files come from, a few words.</summary>
    string Summary { get; }

    /// <summary>Of bare numbers in the file, as its authors document it; null when times have a date or there are none.</summary>
    TimeUnit? Unit => null;

    /// <summary>Tokens of one block of <c>hash_ids</c>; null when the format has none.</summary>
    int? BlockTokens(TraceHead head) => null;

    /// <summary>Its rows come in order of time by construction, so that reading may stop where the wanted window ends.</summary>
    bool IsOrdered => false;

    /// <summary>
    /// What is read when no length is asked for: a format that draws its requests has no end worth waiting for. Null: all.
    /// </summary>
    TimeSpan? UsualLength => null;

    /// <summary>Of a folder that is read as one trace: this file holds no requests, but belongs to one that does.</summary>
    bool IsCompanion(string path) => false;

    /// <summary>True when the beginning of a file can only be this format.</summary>
    bool Recognises(TraceHead head);

    /// <summary>Throws <see cref="PromptException"/> with place and remedy for a file that is not of this format.</summary>
    IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options);
}

/// <summary>How a trace is read.</summary>
public sealed record TraceOptions
{
    /// <summary>Of bare numbers; null: the format's own. Given, it is believed.</summary>
    public TimeUnit? Unit { get; init; }

    /// <summary>Read on although the times are implausible.</summary>
    public bool Trust { get; init; }

    /// <summary>Start of the wanted window, from the first request.</summary>
    public TimeSpan From { get; init; }

    /// <summary>Length of the wanted window; null: to the end.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Share of the sessions to keep; a session stays or goes as a whole. A request without one is its own.</summary>
    public Share Sessions { get; init; } = new(1);

    /// <summary>Decides which sessions stay, and draws what a source gives only as distributions.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where the file, and one that belongs to it, is opened.</summary>
    public required IPromptFiles Files { get; init; }
}
