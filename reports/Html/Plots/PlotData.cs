using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>
/// What the plots of a report need, and no more: its size is bounded whatever the size of the run. Times are seconds from the
/// start of the run; latencies are seconds; what was not measured is null.
/// </summary>
internal sealed record PlotData
{
    public const int MaxBuckets = 600;
    public const int MaxHeatColumns = 200;

    /// <summary>The plots of one kind of requests are coarser: there may be many of them.</summary>
    public const int MaxCohortBuckets = 150;
    public const int MaxCohortSeries = 120;
    public const int MaxCohorts = 24;
    public const int MaxCurvePoints = 60;
    public const int MaxTargets = 4;
    public const int MaxFaultWindows = 32;
    public const int MaxStory = 200;

    public required DateTimeOffset? StartedUtc { get; init; }
    public required bool OpenWorkload { get; init; }

    /// <summary>Target name by role (<c>candidate</c>, <c>baseline</c>).</summary>
    public required IReadOnlyDictionary<string, string> Roles { get; init; }

    public required double BucketSeconds { get; init; }
    public required int Buckets { get; init; }

    /// <summary>End of the last bucket.</summary>
    public double End => BucketSeconds * Buckets;

    public required IReadOnlyList<PlotPhase> Phases { get; init; }
    public required IReadOnlyList<FaultWindow> FaultWindows { get; init; }

    /// <summary>Planned requests by bucket, all targets together.</summary>
    public required IReadOnlyList<long> Planned { get; init; }

    /// <summary>In the order in which they first answered, candidate first.</summary>
    public required IReadOnlyList<TargetSeries> Targets { get; init; }

    public required IReadOnlyList<CohortDimension> Dimensions { get; init; }

    /// <summary>The axis of the series of <see cref="Dimensions"/>.</summary>
    public required double CohortBucketSeconds { get; init; }
    public required int CohortBuckets { get; init; }

    public required IReadOnlyList<OutcomeRow> Outcomes { get; init; }
    public required IReadOnlyList<ReasonRow> Reasons { get; init; }
    public required GeneratorSeries Generator { get; init; }

    /// <summary>Highest bytes of each bucket, by whose memory it is: the run's own process, and each card.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double?>> Memory { get; init; }

    /// <summary>What the servers said of themselves. Empty: nobody asked them.</summary>
    public IReadOnlyList<ServerSeries> Servers { get; init; } = [];

    /// <summary>Faults, detections, notes and the ending, in order of time.</summary>
    public required IReadOnlyList<StoryLine> Story { get; init; }

    /// <summary>Lines that did not fit into <see cref="Story"/>.</summary>
    public required long StoryOmitted { get; init; }

    public static PlotData Fold(IEnumerable<JournalEvent> events)
    {
        var fold = new PlotFold();
        foreach (var @event in events)
        {
            fold.Add(@event);
        }

        return fold.Close();
    }
}

internal sealed record PlotPhase(Phase Phase, double Start, double End);

/// <param name="Observed">False: taken from the plan, because the journal never saw it become active.</param>
internal sealed record FaultWindow(string Fault, string Kind, double Start, double End, bool Observed);

/// <summary>One value a bucket. Requests are counted where they were planned, except <see cref="Sent"/> and <see cref="Completed"/>.</summary>
internal sealed record TargetSeries
{
    public required string Target { get; init; }

    /// <summary>By the instant of sending.</summary>
    public required IReadOnlyList<long> Sent { get; init; }

    /// <summary>By the instant of ending.</summary>
    public required IReadOnlyList<long> Completed { get; init; }

    /// <summary>Counts by outcome that occurred, by planned instant.</summary>
    public required IReadOnlyDictionary<Outcome, IReadOnlyList<long>> Outcomes { get; init; }

    /// <summary>Percentiles of the completed requests of the bucket.</summary>
    public required PercentileSeries Ttft { get; init; }
    public required PercentileSeries E2e { get; init; }

    /// <summary>Percentiles over the tokens that streamed, whatever became of their request.</summary>
    public required PercentileSeries TokenGap { get; init; }

    public required HeatMap TtftHeat { get; init; }
    public required HeatMap E2eHeat { get; init; }
}

/// <summary>How many requests had which latency when, by planned instant. Completed requests alone.</summary>
/// <param name="Together">Buckets of the axis in a column.</param>
/// <param name="Columns">Counts by row: a bin of <see cref="LatencyHistogram.HeatRows"/> an octave, see <see cref="LatencyHistogram.BinOf"/>.</param>
internal sealed record HeatMap(int Together, IReadOnlyList<IReadOnlyDictionary<int, long>> Columns);

internal sealed record PercentileSeries(
    IReadOnlyList<long> Count, IReadOnlyList<double?> P50, IReadOnlyList<double?> P90, IReadOnlyList<double?> P99);

/// <summary>One way to slice the requests. Warm-up is left out.</summary>
/// <param name="Name">In words: <c>prompt set</c>, <c>temperature</c>.</param>
/// <param name="Omitted">Values beyond the first <see cref="PlotData.MaxCohorts"/>, taken together as "others".</param>
internal sealed record CohortDimension(string Name, IReadOnlyList<CohortSlice> Slices, bool Omitted)
{
    public const string FaultExposure = "fault exposure";
}

/// <param name="Requests">Attempted, without those that the harness itself cancelled.</param>
internal sealed record CohortSlice(
    string Value, string Target, long Requests, long Completed, LatencyCurve Ttft, LatencyCurve E2e, IReadOnlyList<QualityMean> Quality)
{
    /// <summary>Over time, warm-up left out. Null: there are too many kinds to plot each.</summary>
    public TargetSeries? Series { get; init; }
}

/// <summary>
/// Latency by percentile over all attempted requests. Failed ones stand at its end, infinitely late: the curve stops before them.
/// </summary>
/// <param name="Count">Requests with a latency.</param>
/// <param name="Failed">Requests without one.</param>
internal sealed record LatencyCurve(long Count, long Failed, IReadOnlyList<CurvePoint> Points)
{
    public double? At(double share) => Points.FirstOrDefault(point => Math.Abs(point.Share - share) < 1e-9)?.Seconds;
}

internal sealed record CurvePoint(double Share, double Seconds);

/// <param name="Mean">Answers that could not be graded count as wrong.</param>
internal sealed record QualityMean(string Grader, long Graded, double Mean);

internal sealed record OutcomeRow(string Target, Phase Phase, Outcome Outcome, long Count);

/// <summary>Why requests did not complete, in the target's or the harness's words.</summary>
internal sealed record ReasonRow(Outcome Outcome, string Reason, long Count);

/// <summary>One value a bucket; null where the generator said nothing.</summary>
internal sealed record GeneratorSeries(
    IReadOnlyList<double?> InFlight, IReadOnlyList<double?> CpuCores, IReadOnlyList<double?> GcPauseMs, IReadOnlyList<double?> PoolQueue);

/// <param name="Who"><c>fault</c>, <c>detection</c>, <c>note</c> or <c>run</c>.</param>
internal sealed record StoryLine(double At, string Who, string What, string Detail);
