using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>Everything one run needs. Only the first three are required.</summary>
public sealed record RunRequest
{
    public required Plan Plan { get; init; }

    /// <summary>One for each role in the plan, already started; the engine neither starts nor disposes them.</summary>
    public required IReadOnlyDictionary<TargetRole, ITarget> Targets { get; init; }

    /// <summary>
    /// Receives one observation for every arrival, scores, and one generator sample a second. The lines that open and close
    /// a journal are the caller's.
    /// </summary>
    public required IJournalWriter Journal { get; init; }

    /// <summary>The engine starts it. Share it with whoever else writes to the journal.</summary>
    public RunClock Clock { get; init; } = new();

    /// <summary>Null: <see cref="MonotonicPacer"/> with <see cref="Pacing"/>.</summary>
    public IPacer? Pacer { get; init; }

    /// <summary>Use <see cref="PacerOptions.NoSpin"/> when a target runs inside this process.</summary>
    public PacerOptions Pacing { get; init; } = PacerOptions.Default;

    public IRunObserver? Observer { get; init; }

    /// <summary>Faults that were applied to a request, by its id; asked once, when it ended.</summary>
    public Func<string, IReadOnlyList<string>>? FaultsOf { get; init; }

    /// <summary>
    /// Runs beside the load from instant 0: the fault timeline. Its token fires when the last phase ends or the run is stopped;
    /// it is awaited before the run returns, so it heals there. Its exception breaks the run.
    /// </summary>
    public Func<CancellationToken, Task>? Alongside { get; init; }

    /// <summary>Tokenizers of targets whose server may not count its tokens. None: such answers are counted by their events.</summary>
    public IReadOnlyDictionary<TargetRole, ITokenCounter> TokenCounters { get; init; } = new Dictionary<TargetRole, ITokenCounter>();

    /// <summary>Completes when the run must end before its plan does. Null: nobody but the plan, its abort conditions and the caller ends it.</summary>
    public Task<RunHalt>? Halt { get; init; }

    /// <summary>Open workloads: where the run may end before its plan does, as completed. Null: nowhere.</summary>
    public Horizon? Horizon { get; init; }

    /// <summary>Looked at once a second for whoever waits for a condition. Null: nobody does.</summary>
    public LiveConditions? Conditions { get; init; }

    /// <summary>Ids of the faults that are in place now, for the progress. Null: those whose planned time it is.</summary>
    public Func<IReadOnlyList<string>>? ActiveFaults { get; init; }

    /// <summary>Told once a second.</summary>
    public IProgress<RunProgress>? Progress { get; init; }

    /// <summary>It is also told how long whole answers take, which costs a second sort a second.</summary>
    public bool ProgressHasEnds { get; init; }

    /// <summary>Read once a second into the journal; returns soon and never throws. Null: there are no cards to read.</summary>
    public Func<IReadOnlyList<DeviceSample>>? Devices { get; init; }

    /// <summary>
    /// Resident memory of the processes that serve, bytes; read once a second, returns soon and never throws. Null: they are not here.
    /// </summary>
    public Func<long?>? Memory { get; init; }

    /// <summary>The run is aborted within a second of the appearance of one of these files; its first line is the reason.</summary>
    public IReadOnlyList<string> AbortFiles { get; init; } = [];

    /// <summary>Only this slice of the plan is sent; null: all of it.</summary>
    public Shard? Shard { get; init; }

    /// <summary>Awaited when everything is ready, right before instant 0: whoever starts together with others waits there.</summary>
    public Func<CancellationToken, Task>? Begin { get; init; }

    /// <summary>Exercises the engine's own path on a built-in null target before instant 0, so that compiling it is not measured.</summary>
    public bool WarmUp { get; init; } = true;

    /// <summary>Where sends run; tests run them in place. Null: the thread pool.</summary>
    internal Action<IThreadPoolWorkItem>? Queue { get; init; }

    /// <summary>Event loops where the targets run on them. Null: one, or more where there are four cores and up.</summary>
    internal int? Loops { get; init; }

    /// <summary>Null: every arrival is this process's.</summary>
    internal Func<Arrival, bool>? Owns => Shard is { Of: > 1 } shard ? arrival => shard.Owns(Plan, arrival) : null;

    internal TimeSpan TimeoutOf(TargetRole role) =>
        (role == TargetRole.Baseline ? Plan.Scenario.Baseline ?? Plan.Scenario.Candidate : Plan.Scenario.Candidate).RequestTimeout;
}

/// <param name="Reason">For people; one line.</param>
public sealed record RunHalt(RunEnding Ending, string Reason);

/// <summary>Hears of each request. Called on the engine's threads: return at once and do not throw.</summary>
public interface IRunObserver
{
    /// <summary>Instant 0: the clock runs, nothing has been sent.</summary>
    void OnStarted() { }

    /// <summary>The request's bytes are about to go out.</summary>
    void OnSent(Arrival arrival) { }

    /// <summary>What will become of this answer's text. Asked once for each request, before it is sent.</summary>
    AnswerUse UseOf(Arrival arrival) => AnswerUse.Look;

    /// <summary>
    /// The observation is in the journal. <paramref name="output"/> is raw and may be huge or hostile; null if there is none, or it was not
    /// wanted.
    /// </summary>
    /// <param name="use">What <see cref="UseOf"/> said of this request; none for one that was never made.</param>
    void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use) { }
}

/// <summary>What an observer does with the text of an answer.</summary>
[Flags]
public enum AnswerUse
{
    /// <summary>It need not be made.</summary>
    None = 0,

    /// <summary>It is looked at.</summary>
    Look = 1,

    /// <summary>It is one of those that are kept for people to read.</summary>
    Keep = 2,
}
