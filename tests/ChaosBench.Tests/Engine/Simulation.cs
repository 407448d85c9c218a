using System.Collections.Concurrent;
using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Engine;

/// <summary>A whole run on simulated time: sends happen in place, so every instant is exact.</summary>
internal sealed class Simulation
{
    public FakeTime Time { get; } = new();
    public MemoryJournal Journal { get; } = new();
    public RunClock Clock { get; }

    public Simulation() => Clock = new RunClock(Time);

    public RunRequest Request(Plan plan, ITarget target) => new()
    {
        Plan = plan,
        Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
        Journal = Journal,
        Clock = Clock,
        Pacer = new SimulatedPacer(Time, Clock),
        WarmUp = false,
        Queue = static item => item.Execute(),
    };

    public Task<RunOutcome> RunAsync(Plan plan, ITarget target, CancellationToken cancellation = default) =>
        LoadEngine.RunAsync(Request(plan, target), cancellation);

    /// <summary>Task.Delay, but a cancellation resumes in place too instead of on the thread pool, so that instants stay exact.</summary>
    public static async Task DelayAsync(TimeProvider time, TimeSpan delay, CancellationToken cancellation)
    {
        var over = new TaskCompletionSource();
        await using var timer = time.CreateTimer(_ => over.TrySetResult(), null, delay, Timeout.InfiniteTimeSpan);
        await using var stop = cancellation.Register(() => over.TrySetCanceled(cancellation));
        await over.Task;
    }

    public static long Ms(double milliseconds) => (long)(milliseconds * Nanos.PerMillisecond);
}

/// <summary>Moves the clock itself to the deadline, a millisecond at a time, so that timers and stops in between take effect.</summary>
internal sealed class SimulatedPacer(FakeTime time, RunClock clock) : IPacer
{
    public void WaitUntil(long deadline, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && clock.Now < deadline)
        {
            time.Advance(TimeSpan.FromTicks(Math.Min(Nanos.PerMillisecond, deadline - clock.Now) / 100));
        }
    }
}

internal sealed class MemoryJournal : IJournalWriter
{
    private readonly ConcurrentQueue<JournalEvent> _events = new();

    public IReadOnlyList<JournalEvent> Events => [.. _events];

    public IReadOnlyList<JournalEvent.Observation> Observations => [.. _events.OfType<JournalEvent.Observation>()];

    public IReadOnlyList<JournalEvent.Score> Scores => [.. _events.OfType<JournalEvent.Score>()];

    public void Write(JournalEvent @event) => _events.Enqueue(@event);
}

/// <summary>Does what the script says, on the run's time.</summary>
internal sealed class ScriptedTarget(TimeProvider time, Func<Arrival, Script> script) : ITarget
{
    public string Name => "scripted";

    public Task<TargetIdentity> StartAsync(CancellationToken cancellation) =>
        Task.FromResult(new TargetIdentity(Name, "scripted", "here", new Dictionary<string, string>()));

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        var act = script(arrival);
        if (act.Delay > TimeSpan.Zero)
        {
            await Simulation.DelayAsync(time, act.Delay, cancellation);
        }

        sink.Sent();
        foreach (var gap in act.TokenGaps)
        {
            await Simulation.DelayAsync(time, gap, act.IgnoresCancellation ? CancellationToken.None : cancellation);
            sink.Tokens(1);
        }

        return act.Throws is { } bug ? throw bug : act.Response;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed record Script
{
    /// <summary>Before the send.</summary>
    public TimeSpan Delay { get; init; }

    public IReadOnlyList<TimeSpan> TokenGaps { get; init; } = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(5)];
    public Response Response { get; init; } = new() { Outcome = Outcome.Completed, Status = 200, Text = "ok", FinishReason = "stop" };
    public bool IgnoresCancellation { get; init; }
    public Exception? Throws { get; init; }

    public static Script Slow(double milliseconds) => new() { TokenGaps = [TimeSpan.FromMilliseconds(milliseconds)] };
}

/// <summary>Plans by hand.</summary>
internal static class Plans
{
    public static Plan Open(IEnumerable<long> at, TimeSpan length, Func<Scenario, Scenario>? change = null) => Make(
        new Workload.Open(new ArrivalProcess.Constant(new Rate(1))), [.. at.Select((instant, index) => Arrival(index, instant))], length, change);

    public static Plan Closed(int clients, TimeSpan think, TimeSpan length, int cycle = 10, Func<Scenario, Scenario>? change = null) => Make(
        new Workload.Closed(clients, think), [.. Enumerable.Range(0, cycle).Select(index => Arrival(index, 0))], length, change);

    public static Arrival Arrival(int index, long at, string? expected = null, bool stream = true, GraderKind grader = GraderKind.JsonFields) => new()
    {
        Index = index,
        At = at,
        Role = TargetRole.Candidate,
        Group = index,
        Prompt = new PlannedPrompt($"p{index}", [new ChatMessage("user", $"question {index}")], null, expected),
        Sampling = new Sampling(0, 16, stream, 7),
        Cohort = new Cohort("tickets", 0, 16, stream, 1, PromptRole.Traffic, grader, new Dictionary<string, string>()),
    };

    private static Plan Make(Workload workload, IReadOnlyList<Arrival> arrivals, TimeSpan length, Func<Scenario, Scenario>? change)
    {
        var scenario = new Scenario
        {
            Name = "test",
            Candidate = new Target.OpenAi { Name = "scripted", Url = new Templated("http://127.0.0.1:1/v1"), Model = new Templated("m") },
            Workload = workload,
            Mix = [],
            Phases = new PhaseDurations(TimeSpan.Zero, length, TimeSpan.Zero, TimeSpan.Zero),
        };
        return new Plan
        {
            Scenario = change is null ? scenario : change(scenario),
            Seed = 1,
            Phases = [new PhaseWindow(Phase.Baseline, 0, Nanos.From(length))],
            Faults = [],
            Arrivals = arrivals,
            Sha256 = new string('0', 64),
            Files = new Dictionary<string, string>(),
        };
    }
}
