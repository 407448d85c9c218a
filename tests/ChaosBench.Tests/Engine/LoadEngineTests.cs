using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using static ChaosBench.Tests.Engine.Simulation;

namespace ChaosBench.Tests.Engine;

public class LoadEngineTests
{
    private static readonly TimeSpan TwoSeconds = TimeSpan.FromSeconds(2);

    private readonly Simulation _run = new();

    private static IEnumerable<long> Every(double milliseconds, int count) => Enumerable.Range(0, count).Select(i => Ms(i * milliseconds));

    [Fact]
    public async Task RunAsync_OpenWorkload_SendsAtThePlannedInstants()
    {
        var plan = Plans.Open([0, Ms(3.7), Ms(3.7), Ms(500)], TwoSeconds);

        var outcome = await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => new Script()));

        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.Equal([0, Ms(3.7), Ms(3.7), Ms(500)], _run.Journal.Observations.Select(o => o.Sent!.Value).Order());
        Assert.All(_run.Journal.Observations, o =>
        {
            Assert.Equal(o.Planned, o.Sent);
            Assert.Equal(o.Planned + Ms(20), o.FirstToken);
            Assert.Equal(o.Planned + Ms(25), o.LastToken);
            Assert.Equal([new TokenGap(Ms(5), 1)], o.Gaps);
            Assert.Equal(2, o.OutputTokens);
            Assert.Equal(1, o.FirstEventTokens);
        });
    }

    [Fact]
    public async Task RunAsync_SlowTarget_DoesNotSlowTheArrivals()
    {
        var plan = Plans.Open(Every(10, 100), TwoSeconds);

        await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => Script.Slow(1500)));

        Assert.All(_run.Journal.Observations, o => Assert.Equal(o.Planned, o.Sent));
        Assert.All(_run.Journal.Observations, o => Assert.Equal(Outcome.Completed, o.Outcome));
    }

    [Fact]
    public async Task RunAsync_LateSend_ChargesTheLatenessToTheRequest()
    {
        var plan = Plans.Open([Ms(100)], TwoSeconds);

        await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => new Script { Delay = TimeSpan.FromMilliseconds(40) }));

        var observation = Assert.Single(_run.Journal.Observations);
        Assert.Equal(Ms(100), observation.Planned);
        Assert.Equal(Ms(140), observation.Sent);
        Assert.Equal(Ms(160), observation.FirstToken);
    }

    [Fact]
    public async Task RunAsync_StoppedMidway_AccountsForEveryArrival()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(455), _run.Time);
        var plan = Plans.Open(Every(10, 100), TwoSeconds);

        var outcome = await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => Script.Slow(100)), stop.Token);

        Assert.Equal(RunEnding.Cancelled, outcome.Ending);
        Assert.Equal(100, outcome.Counts.Arrivals);
        Assert.Equal(Enumerable.Range(0, 100), _run.Journal.Observations.Select(o => o.Arrival).Order());
        Assert.Equal(46, outcome.Counts.Sent);
        Assert.Equal(10, outcome.Counts.ByOutcome[Outcome.Cancelled]);
        Assert.Equal(54, outcome.Counts.NotSent);
        Assert.All(
            _run.Journal.Observations.Where(o => o.Outcome is Outcome.NotSent or Outcome.Cancelled),
            o => Assert.StartsWith("run stopped: by its caller", o.Reason, StringComparison.Ordinal));
        Assert.All(_run.Journal.Observations.Where(o => o.Outcome == Outcome.NotSent), o =>
        {
            Assert.Null(o.Sent);
            Assert.Empty(o.Gaps);
        });
    }

    [Fact]
    public async Task RunAsync_NoAnswerWithinTimeout_TimesOutFromItsSend()
    {
        var plan = Plans.Open([Ms(100)], TwoSeconds, s => s with { Candidate = s.Candidate with { RequestTimeout = TimeSpan.FromSeconds(1) } });

        await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => Script.Slow(5000) with { Delay = TimeSpan.FromMilliseconds(50) }));

        var observation = Assert.Single(_run.Journal.Observations);
        Assert.Equal(Outcome.TimedOut, observation.Outcome);
        Assert.Equal(Ms(1150), observation.Ended);
        Assert.Equal("no complete answer within 1 s of its send", observation.Reason);
    }

    [Fact]
    public async Task RunAsync_NoAnswerWithinDrain_TimesOut()
    {
        var plan = Plans.Open([Ms(100)], TwoSeconds, s => s with { Drain = TimeSpan.FromSeconds(3) });

        var outcome = await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => Script.Slow(50_000)));

        var observation = Assert.Single(_run.Journal.Observations);
        Assert.Equal(Outcome.TimedOut, observation.Outcome);
        Assert.Equal("no answer within drain of 3 s", observation.Reason);
        Assert.Equal(Ms(5000), observation.Ended);
        Assert.Equal(RunEnding.Completed, outcome.Ending);
    }

    [Fact]
    public async Task RunAsync_AllAnswered_EndsWithTheLastPhaseNotTheDrain()
    {
        var outcome = await _run.RunAsync(Plans.Open([0], TwoSeconds), new ScriptedTarget(_run.Time, _ => new Script()));

        Assert.Equal(Ms(2000), outcome.Ended);
    }

    [Fact]
    public async Task RunAsync_TargetIgnoresItsCancellation_IsLeftBehind()
    {
        var plan = Plans.Open([0], TwoSeconds, s => s with { Drain = TimeSpan.FromSeconds(1) });

        var outcome = await _run.RunAsync(
            plan, new ScriptedTarget(_run.Time, _ => Script.Slow(50_000) with { IgnoresCancellation = true }));

        Assert.Equal(1, outcome.Counts.ByOutcome[Outcome.TimedOut]);
        Assert.Equal(Ms(8000), outcome.Ended);
        _run.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Single(_run.Journal.Observations);
    }

    [Fact]
    public async Task RunAsync_TargetThrows_IsBrokenWithEveryArrivalAccountedFor()
    {
        var outcome = await _run.RunAsync(
            Plans.Open(Every(10, 20), TwoSeconds),
            new ScriptedTarget(_run.Time, a => a.Index == 5 ? new Script { Throws = new InvalidOperationException("oops") } : new Script()));

        Assert.Equal(RunEnding.Broken, outcome.Ending);
        Assert.Equal("target 'scripted' threw InvalidOperationException: oops", outcome.Reason);
        Assert.Equal(20, outcome.Counts.Arrivals);
        Assert.Contains(_run.Journal.Observations, o => o.Reason == "internal error: InvalidOperationException");
    }

    [Fact]
    public async Task RunAsync_ClosedWorkload_NextRequestFollowsAnswerAndThinkTime()
    {
        var plan = Plans.Closed(2, TimeSpan.FromMilliseconds(75), TwoSeconds, cycle: 7);

        var outcome = await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => new Script()));

        // 25 ms of answer and 75 ms of thought: 20 rounds of 100 ms in 2 s for each client.
        Assert.Equal(40, outcome.Counts.Completed);
        Assert.Equal(Enumerable.Range(0, 40), _run.Journal.Observations.Select(o => o.Arrival).Order());
        Assert.All(_run.Journal.Observations, o =>
        {
            Assert.Equal(Ms(100) * (o.Arrival / 2), o.Planned);
            Assert.Equal(o.Planned, o.Sent);
            Assert.Equal($"p{o.Arrival % 7}", o.PromptId);
        });
    }

    [Fact]
    public async Task RunAsync_ClosedWorkloadWithInputFault_DamagesWhatIsSentInItsWindow()
    {
        var fault = new Fault { Id = "f", Kind = "input.typos", At = TimeSpan.FromMilliseconds(500), For = TimeSpan.FromSeconds(1) };
        var plan = Plans.Closed(2, TimeSpan.Zero, TwoSeconds) with { Faults = [new PlannedFault(0, fault, Ms(500), Ms(1500))] };

        await _run.RunAsync(plan, new ScriptedTarget(_run.Time, _ => new Script()));

        var clean = plan.Arrivals.Select(arrival => Observations.PromptHash(arrival.Prompt)).ToHashSet();
        Assert.InRange(_run.Journal.Observations.Count(o => o.Faults.Count > 0), 50, 110);
        Assert.All(_run.Journal.Observations, o =>
        {
            var due = o.Sent >= Ms(500) && o.Sent < Ms(1500);
            Assert.Equal(due ? ["f"] : Array.Empty<string>(), o.Faults);
            Assert.Equal(due, !clean.Contains(o.PromptSha256));
            Assert.Equal(due ? "f" : null, o.Cohort.Tags.GetValueOrDefault("fault"));
        });
    }

    [Fact]
    public async Task RunAsync_ClosedWorkloadRefusedConnections_DoesNotFloodTheJournal()
    {
        var refused = new Script { TokenGaps = [], Response = new() { Outcome = Outcome.ConnectError, Reason = "refused" } };

        var outcome = await _run.RunAsync(
            Plans.Closed(1, TimeSpan.Zero, TwoSeconds), new ScriptedTarget(_run.Time, _ => refused));

        Assert.Equal(20, outcome.Counts.ByOutcome[Outcome.ConnectError]);
    }

    [Fact]
    public async Task RunAsync_ClosedWorkloadNothingSent_StopsTheClients()
    {
        var spent = new SpentTarget();

        var outcome = await _run.RunAsync(Plans.Closed(3, TimeSpan.Zero, TwoSeconds), spent);

        Assert.Equal(3, outcome.Counts.NotSent);
        Assert.Equal(0, outcome.Counts.Sent);
    }

    [Fact]
    public async Task RunAsync_EachSecond_SamplesTheGenerator()
    {
        await _run.RunAsync(Plans.Open(Every(100, 20), TimeSpan.FromSeconds(4)), new ScriptedTarget(_run.Time, _ => new Script()));

        Assert.Equal([Ms(1000), Ms(2000), Ms(3000), Ms(4000)], _run.Journal.Events.OfType<JournalEvent.GeneratorSample>().Select(s => s.At));
    }

    [Fact]
    public async Task RunAsync_AbortConditionHolds_AbortsWithItsReason()
    {
        var condition = Objectives.Of("error_rate > 50% for 3s", MetricId.ErrorRate, Comparison.Greater, 0.5);
        var plan = Plans.Open(
            Every(10, 3000), TimeSpan.FromSeconds(30), s => s with { Abort = [new AbortCondition(condition, TimeSpan.FromSeconds(3))] });
        var failing = new Script { TokenGaps = [], Response = new() { Outcome = Outcome.Failed, Status = 500, Reason = "500" } };

        var outcome = await _run.RunAsync(plan, new ScriptedTarget(_run.Time, a => a.At >= Ms(10_000) ? failing : new Script()));

        Assert.Equal(RunEnding.Aborted, outcome.Ending);
        Assert.StartsWith("abort condition 'error_rate > 50% for 3s' held for 3 s", outcome.Reason, StringComparison.Ordinal);
        Assert.InRange(outcome.Ended, Ms(13_000), Ms(15_000));
        Assert.Equal(3000, outcome.Counts.Arrivals);
    }

    [Fact]
    public async Task RunAsync_AbortFileAppears_AbortsWithItsFirstLine()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "checkout is down\nignored");
        try
        {
            var request = _run.Request(Plans.Open(Every(100, 100), TimeSpan.FromSeconds(10)), new ScriptedTarget(_run.Time, _ => new Script()));

            var outcome = await LoadEngine.RunAsync(request with { AbortFiles = [file] });

            Assert.Equal(RunEnding.Aborted, outcome.Ending);
            Assert.Equal("abort requested: checkout is down", outcome.Reason);
            Assert.Equal(100, outcome.Counts.Arrivals);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task RunAsync_Alongside_EndsWithTheLastPhaseAndIsAwaited()
    {
        var told = 0L;
        var request = _run.Request(Plans.Open([0], TwoSeconds), new ScriptedTarget(_run.Time, _ => Script.Slow(5000)));

        await LoadEngine.RunAsync(request with
        {
            Alongside = async token =>
            {
                try
                {
                    await Simulation.DelayAsync(_run.Time, Timeout.InfiniteTimeSpan, token);
                }
                finally
                {
                    told = _run.Clock.Now;
                }
            },
        });

        Assert.Equal(Ms(2000), told);
    }

    [Fact]
    public async Task RunAsync_AlongsideThrows_IsBroken()
    {
        var request = _run.Request(Plans.Open([0], TwoSeconds), new ScriptedTarget(_run.Time, _ => new Script()));

        var outcome = await LoadEngine.RunAsync(request with { Alongside = _ => throw new InvalidOperationException("no heal") });

        Assert.Equal(RunEnding.Broken, outcome.Ending);
        Assert.Equal("InvalidOperationException: no heal", outcome.Reason);
    }

    [Fact]
    public async Task RunAsync_FaultsOfARequest_JoinItsInputFaults()
    {
        var plan = Plans.Open([0], TwoSeconds);
        plan = plan with { Arrivals = [plan.Arrivals[0] with { InputFaults = ["input-1"] }] };
        var request = _run.Request(plan, new ScriptedTarget(_run.Time, _ => new Script()));

        await LoadEngine.RunAsync(request with { FaultsOf = id => id == "r000000" ? ["slow-1", "input-1"] : [] });

        Assert.Equal(["input-1", "slow-1"], Assert.Single(_run.Journal.Observations).Faults);
    }

    [Fact]
    public async Task RunAsync_Progress_CountsAndShowsTheOpenFaults()
    {
        var fault = new PlannedFault(
            0, new Fault { Id = "f1", Kind = "node.kill", At = TimeSpan.FromSeconds(1), For = TimeSpan.FromSeconds(1) }, Ms(900), Ms(1900));
        var plan = Plans.Open(Every(100, 20), TimeSpan.FromSeconds(3)) with { Faults = [fault] };
        var seen = new List<RunProgress>();
        var request = _run.Request(plan, new ScriptedTarget(_run.Time, _ => new Script()));

        await LoadEngine.RunAsync(request with { Progress = new Sink(seen.Add) });

        Assert.Equal(3, seen.Count);
        Assert.Equal(["f1"], seen[0].ActiveFaults);
        Assert.Empty(seen[1].ActiveFaults);
        Assert.Equal(0.020, seen[1].TtftP50!.Value, 6);
        Assert.Equal(20, seen[2].Counts.Completed);
        Assert.Equal(20, seen[2].Planned);
    }

    [Fact]
    public async Task RunAsync_RoleWithoutTarget_SaysWhichIsMissing()
    {
        var plan = Plans.Open([0], TwoSeconds);
        plan = plan with { Arrivals = [plan.Arrivals[0] with { Role = TargetRole.Baseline }] };

        var problem = await Assert.ThrowsAsync<ArgumentException>(() => _run.RunAsync(plan, new SpentTarget()));

        Assert.StartsWith("the plan sends to the Baseline but no such target was given", problem.Message, StringComparison.Ordinal);
    }

    private sealed class Sink(Action<RunProgress> report) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => report(value);
    }
}
