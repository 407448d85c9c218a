using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// One request of recorded traffic, whatever it was recorded by. Everything that the source does not say is absent.
/// </summary>
public sealed record TraceRecord
{
    /// <summary>Line of the source, from 1; in a JSON document the line on which the element begins.</summary>
    public required int Line { get; init; }

    /// <summary>Nanoseconds: on the source's own clock as it is read, from the first request of the trace afterwards.</summary>
    public long? At { get; init; }

    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }

    /// <summary>Ids of the blocks that make up the prompt, in order: equal leading ids mean equal leading tokens.</summary>
    public IReadOnlyList<long>? HashIds { get; init; }

    /// <summary>What was asked, when the source holds text.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>The messages follow those of the session's earlier turns and their answers, which they do not repeat.</summary>
    public bool IsDelta { get; init; }

    /// <summary>What was answered, when the source says so.</summary>
    public string? Answer { get; init; }

    /// <summary>Requests of one conversation share it.</summary>
    public string? Session { get; init; }

    /// <summary>Place in the session, from 1.</summary>
    public int? Turn { get; init; }

    /// <summary>Nanoseconds from the answer of the session's previous turn, or of the last that it waited for.</summary>
    public long? Delay { get; init; }

    /// <summary>
    /// The session's turns that this one waited for, by their <see cref="Turn"/>; empty: none, it begins by itself. Null: not known,
    /// the one before.
    /// </summary>
    public IReadOnlyList<int>? After { get; init; }

    /// <summary>Which of the messages are answers of turns, by their <see cref="Turn"/>. Null: none that is known.</summary>
    public IReadOnlyList<AnswerPlace>? Answers { get; init; }

    /// <summary>It has no time: <see cref="At"/> is that of its session's first request, which it follows. While it is read only.</summary>
    internal bool IsFollower { get; init; }

    /// <summary>By which the trace tells its requests apart: model, log type, kind of content.</summary>
    public string? Cohort { get; init; }

    /// <summary>The recorded request failed: it was traffic all the same.</summary>
    public bool Failed { get; init; }
}

/// <summary>What became of one row of a source. A closed set.</summary>
public abstract record TraceItem(int Line)
{
    public sealed record Row(TraceRecord Record) : TraceItem(Record.Line);

    /// <summary>
    /// Unreadable: counted, reported, and an error when more than 0.1 % are. Never quotes the row, which may be a secret.
    /// </summary>
    public sealed record Skipped(int Line, string Reason) : TraceItem(Line);

    /// <summary>Sound, but not a request to a model: a page of a HAR file, a span of a database.</summary>
    public sealed record Ignored(int Line, string Reason) : TraceItem(Line);

    /// <summary>Something that whoever reads the preview must know.</summary>
    public sealed record Note(string Text) : TraceItem(0);
}
