using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Journal;

/// <summary>Lines about the run itself: how it begins, how its generator does, how it ends.</summary>
public abstract partial record JournalEvent
{
    /// <summary>The first line: what the reports need to be rebuilt from the journal alone.</summary>
    public sealed record RunStarted : JournalEvent
    {
        public required int Schema { get; init; }
        public required string ToolVersion { get; init; }
        public required DateTimeOffset StartedUtc { get; init; }
        public required string Scenario { get; init; }
        public required ulong Seed { get; init; }
        public required string PlanSha256 { get; init; }
        public required bool OpenWorkload { get; init; }
        public required IReadOnlyList<PhaseWindow> Phases { get; init; }
        public required IReadOnlyList<PlannedFaultInfo> Faults { get; init; }

        /// <summary>Target name by role (<c>candidate</c>, <c>baseline</c>).</summary>
        public required IReadOnlyDictionary<string, string> Targets { get; init; }

        public required RequestObjectives Objectives { get; init; }
        public required IReadOnlyList<Objective> SteadyState { get; init; }
        public required IReadOnlyList<Objective> Gates { get; init; }

        /// <summary>Open workload: arrivals in the plan. Closed: null.</summary>
        public int? PlannedArrivals { get; init; }

        /// <summary>
        /// Open workload of conversations: at most so many turns follow those arrivals, and are numbered after them. Null: none do.
        /// </summary>
        public int? PlannedTurns { get; init; }

        /// <summary>A/B runs that go on until they are decided: how many pairs of blocks. Null: the run is as long as its plan.</summary>
        public PairLimits? Pairs { get; init; }

        /// <summary>A/B runs whose versions are started anew before each of their blocks. Null: they were started once.</summary>
        public FreshStarts? Fresh { get; init; }

        /// <summary>How two versions share the traffic where they do not take turns. Null: they do, or there is one.</summary>
        public TrafficSharing? Sharing { get; init; }

        /// <summary>True when everything under test runs inside this process: what others use of the machine disturbs. Null: it does not.</summary>
        public bool? ServedHere { get; init; }

        /// <summary>Open workload: planned requests per second, by bucket of one second from the start.</summary>
        public IReadOnlyList<int> PlannedPerSecond { get; init; } = [];

        /// <summary>Price of a million output tokens of the candidate, in the currency of its scenario. Null: none was declared.</summary>
        public double? OutputPrice { get; init; }

        /// <summary>What an earlier run's prompts and answers were like, frozen. Null: nothing is compared with any.</summary>
        public DriftReference? Reference { get; init; }

        /// <summary>What answers cost, by role. Null: nobody said.</summary>
        public IReadOnlyDictionary<string, Prices>? Prices { get; init; }

        /// <summary>Only a slice of the plan was walked. Null: all of it.</summary>
        public ShardInfo? Shard { get; init; }

        /// <summary>The journal was put together from those of several shards. Null: one process wrote it.</summary>
        public MergedShards? Merged { get; init; }

        /// <summary>Arrivals of an open workload whose fate this journal must tell. Closed: null.</summary>
        [System.Text.Json.Serialization.JsonIgnore]
        public int? OwnArrivals => Shard?.Arrivals ?? PlannedArrivals;

        /// <summary>True when answers were looked at for what no service may say; see <see cref="HardFail"/>. Null: they were not.</summary>
        public bool? ChecksAnswers { get; init; }

        /// <summary>What was sent along for tracing. Null: nothing.</summary>
        public TelemetryInfo? Telemetry { get; init; }
    }

    /// <summary>When a shard began by its own clock, and how that clock goes against one that all of them can see.</summary>
    public sealed record ShardBegan : JournalEvent
    {
        /// <summary>Instant 0 by this machine's clock.</summary>
        public required DateTimeOffset Utc { get; init; }

        /// <summary>When all shards were meant to begin. Null: nobody said.</summary>
        public DateTimeOffset? Appointed { get; init; }

        /// <summary>
        /// Seconds to add to this machine's clock to get the one that the target shows in its <c>Date</c> headers: the middle of what
        /// was seen. Null: the target showed none.
        /// </summary>
        public double? Offset { get; init; }

        /// <summary>Seconds by which it may be off in either direction.</summary>
        public double? OffsetError { get; init; }
    }

    /// <summary>What the generator saw of itself, once a second.</summary>
    public sealed record GeneratorSample : JournalEvent
    {
        public required int InFlight { get; init; }

        /// <summary>Process CPU over the second, in cores.</summary>
        public required double ProcessCpu { get; init; }

        /// <summary>GC pause time over the second, nanoseconds.</summary>
        public required long GcPause { get; init; }

        /// <summary>Work items waiting in the thread pool.</summary>
        public required long ThreadPoolQueue { get; init; }

        /// <summary>The NVIDIA cards of this machine; empty where there are none, or none that can be asked.</summary>
        public IReadOnlyList<DeviceSample> Devices { get; init; } = [];

        /// <summary>
        /// Share of the second in which the busiest of the engine's event loops had work, 0 to 1. Null where the engine hands
        /// requests to the thread pool.
        /// </summary>
        public double? EngineBusy { get; init; }

        /// <summary>Resident memory of the processes that serve, bytes. Null where they are not on this machine, or do not tell.</summary>
        public long? Memory { get; init; }

        /// <summary>Share of all cores that anybody used, 0 to 1. Null where the system does not tell.</summary>
        public double? MachineCpu { get; init; }

        /// <summary>
        /// Share of all cores that anybody but this process used, 0 to 1, with what a hypervisor gave to others. Null where the system
        /// does not tell.
        /// </summary>
        public double? OthersCpu { get; init; }

        /// <summary>Connections that this machine could not even begin to make: no port, file handle or memory left.</summary>
        public long? SocketErrors { get; init; }

        /// <summary>In a merged journal: whose sample it is. Else null.</summary>
        public int? Shard { get; init; }
    }

    /// <summary>
    /// Every comparison was decided, so that the run ends at the end of the pair that is played: what is planned after it is no part of the
    /// run any more.
    /// </summary>
    public sealed record Decided : JournalEvent
    {
        /// <summary>Pairs of blocks after the warm-up that were looked at when it was decided.</summary>
        public required int Pairs { get; init; }

        /// <summary>Where the run ends, nanoseconds.</summary>
        public required long End { get; init; }

        /// <summary>Requests that are planned before that.</summary>
        public required int Arrivals { get; init; }

        /// <summary>One line: each comparison and which way it went.</summary>
        public required string Reason { get; init; }
    }

    /// <summary>A version was started anew before one of its blocks, outside of what is measured.</summary>
    public sealed record TargetStarted : JournalEvent
    {
        public required string Target { get; init; }
        public required int Block { get; init; }

        /// <summary>Nanoseconds from the order to start until it serves.</summary>
        public required long Took { get; init; }

        /// <summary>Unmeasured requests after that, and those of them that did not complete.</summary>
        public required int Requests { get; init; }
        public required int Unanswered { get; init; }
    }

    /// <summary>The last line of a run that could write one.</summary>
    public sealed record RunEnded : JournalEvent
    {
        public required RunEnding Ending { get; init; }

        /// <summary>What aborted, cancelled or broke it.</summary>
        public string? Reason { get; init; }

        public required HealState Healed { get; init; }
    }
}
