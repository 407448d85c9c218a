namespace ChaosBench.Reports.Telemetry;

/// <summary>One operation. Instants are nanoseconds since 1970, UTC.</summary>
public sealed record Span
{
    public required TraceId Trace { get; init; }
    public required ulong Id { get; init; }

    /// <summary>Null: the root of its trace.</summary>
    public ulong? Parent { get; init; }

    public required string Name { get; init; }
    public required SpanKind Kind { get; init; }
    public required long Start { get; init; }

    /// <summary>Not before <see cref="Start"/>.</summary>
    public required long End { get; init; }

    public IReadOnlyList<KeyValue> Attributes { get; init; } = [];
    public IReadOnlyList<SpanEvent> Events { get; init; } = [];
    public IReadOnlyList<SpanLink> Links { get; init; } = [];

    /// <summary>Null: nothing went wrong. Else a line that says what; may be empty.</summary>
    public string? Error { get; init; }
}

/// <summary>The numbers are OTLP's.</summary>
public enum SpanKind
{
    Internal = 1,
    Client = 3,
}

public sealed record SpanEvent(long At, string Name, IReadOnlyList<KeyValue> Attributes);

public sealed record SpanLink(TraceId Trace, ulong Span, IReadOnlyList<KeyValue> Attributes);
