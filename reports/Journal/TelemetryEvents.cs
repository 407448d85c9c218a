namespace ChaosBench.Reports.Journal;

/// <summary>What the journal holds for those who join it with other systems' traces and metrics.</summary>
public abstract partial record JournalEvent
{
    /// <summary>The run's clock began to run; until then it stood at 0, while targets were started.</summary>
    public sealed record ClockStarted : JournalEvent
    {
        /// <summary>Wall time of the clock's 0.</summary>
        public required DateTimeOffset ZeroUtc { get; init; }
    }

    /// <summary>One attempt of a client policy at a request; <see cref="JournalEvent.At"/> is its end. Before the request's observation.</summary>
    public sealed record Attempt : JournalEvent
    {
        public required int Arrival { get; init; }

        /// <summary>From 1.</summary>
        public required int Number { get; init; }

        /// <summary>As in <see cref="Observation"/>.</summary>
        public int? Conversation { get; init; }
        public required string Target { get; init; }

        /// <summary>Nanoseconds of the run.</summary>
        public required long Began { get; init; }
        public required Outcome Outcome { get; init; }
        public int? Status { get; init; }
        public string? Reason { get; init; }
    }

    /// <summary>What a server said of itself when it was asked for its metrics. <see cref="JournalEvent.At"/> is when its reply was whole.</summary>
    public sealed record ServerSample : JournalEvent
    {
        /// <summary>Name of the source in the scenario.</summary>
        public required string Source { get; init; }

        /// <summary>Nanoseconds that it took to answer.</summary>
        public required long Took { get; init; }

        /// <summary>Value by series name, labels folded away; see docs/telemetry.md.</summary>
        public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

        public IReadOnlyDictionary<string, ServerBuckets> Histograms { get; init; } = new Dictionary<string, ServerBuckets>();
    }
}

/// <param name="Bounds">Upper bounds, rising, without the infinite one.</param>
/// <param name="Counts">Cumulative over the bounds, as Prometheus has them; the last is all. One more than there are bounds.</param>
/// <param name="Sum">Of all values. Null: not told.</param>
public sealed record ServerBuckets(IReadOnlyList<double> Bounds, IReadOnlyList<double> Counts, double? Sum);

/// <param name="TraceContext">Requests carried a traceparent header.</param>
/// <param name="Sample">Share of the traces that were marked as sampled, and are exported.</param>
public sealed record TelemetryInfo(bool TraceContext, double Sample);
