using ChaosBench.Chaos;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Timeline;

public sealed class FaultTimelineTests
{
    private static readonly FaultStage[] WholeLife = [FaultStage.Ordered, FaultStage.Active, FaultStage.Cleared, FaultStage.Healed];

    private readonly FakeTime _time = new();
    private readonly Announcements _said = new();

    [Fact]
    public async Task RunAsync_WindowPasses_AppliesAtStartAndHealsAtEnd()
    {
        var injector = new ScriptedInjector(Window(2, 5));
        var run = Run(injector);

        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, injector.Applied);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await Eventually(() => injector.Applied == 1);
        Assert.Equal(0, injector.Cleared);
        _time.Advance(TimeSpan.FromSeconds(3));

        var result = Assert.Single(await run);
        Assert.True(result is { Applied: true, Healed: true, Trouble: null });
        Assert.Equal(WholeLife, _said.StagesOf(injector.Fault));
    }

    [Fact]
    public async Task RunAsync_StoppedInTheWindow_HealsAllTheSame()
    {
        using var stop = new CancellationTokenSource();
        var injector = new ScriptedInjector(Window(1, 100));
        var run = Run(stop.Token, injector);
        _time.Advance(TimeSpan.FromSeconds(2));
        await Eventually(() => injector.Applied == 1);

        await stop.CancelAsync();

        Assert.True(Assert.Single(await run).Healed);
        Assert.Equal(1, injector.Cleared);
        Assert.Equal(WholeLife, _said.StagesOf(injector.Fault));
    }

    [Fact]
    public async Task RunAsync_StoppedBeforeTheWindow_NeverApplies()
    {
        using var stop = new CancellationTokenSource();
        var injector = new ScriptedInjector(Window(10, 20));
        var run = Run(stop.Token, injector);

        await stop.CancelAsync();

        Assert.True(Assert.Single(await run) is { Applied: false, Healed: true });
        Assert.Empty(_said.StagesOf(injector.Fault));
        Assert.Equal(0, injector.Cleared);
    }

    [Fact]
    public async Task RunAsync_ApplyThrows_SaysSoHealsAndLetsOthersGoOn()
    {
        var broken = new ScriptedInjector(Window(1, 2, "broken")) { ApplyError = new InvalidOperationException("no such replica") };
        var sound = new ScriptedInjector(Window(1, 2, "sound"));
        var run = Run(broken, sound);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually(() => sound.Applied == 1 && broken.Cleared == 1);
        _time.Advance(TimeSpan.FromSeconds(1));

        var results = await run;
        Assert.True(results[0] is { Applied: false, Healed: true });
        Assert.Contains("no such replica", results[0].Trouble, StringComparison.Ordinal);
        Assert.Contains(FaultStage.Failed, _said.StagesOf(broken.Fault));
        Assert.Equal(WholeLife, _said.StagesOf(sound.Fault));
    }

    [Fact]
    public async Task RunAsync_NeverHeals_FailsAfterTheLimit()
    {
        var injector = new ScriptedInjector(Window(0, 1)) { Heals = false };
        var run = Run(injector);
        await Eventually(() => injector.Applied == 1);
        for (var step = 0; step < 2_000 && !run.IsCompleted; step++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var result = Assert.Single(await run);
        Assert.False(result.Healed);
        Assert.Contains("not healed within 30 s", result.Trouble, StringComparison.Ordinal);
        Assert.Equal(FaultStage.Failed, _said.StagesOf(injector.Fault)[^1]);
    }

    [Fact]
    public async Task PlaceFirst_NumberedAtTheStart_IsInPlaceBeforeTheWalkAndHealedByIt()
    {
        var numbered = new ScriptedInjector(Numbered(0, 2));
        var later = new ScriptedInjector(Numbered(5, 6, "later"));
        var other = new ScriptedInjector(Window(0, 2, "other"));
        var timeline = Timeline(numbered, later, other);

        await timeline.PlaceFirstAsync(CancellationToken.None);
        Assert.Equal((1, 0, 0), (numbered.Applied, later.Applied, other.Applied));

        var run = timeline.RunAsync(Now(), CancellationToken.None);
        await StepAsync(8, () => numbered.Cleared == 1 && later.Cleared == 1 && other.Cleared == 1);

        Assert.All(await run, result => Assert.True(result is { Applied: true, Healed: true }));
        Assert.Equal(1, numbered.Applied);
        Assert.Equal(WholeLife, _said.StagesOf(numbered.Fault));
    }

    [Fact]
    public async Task PlaceFirst_StoppedAtOnce_IsHealedAllTheSame()
    {
        using var stop = new CancellationTokenSource();
        var numbered = new ScriptedInjector(Numbered(0, 2));
        var timeline = Timeline(numbered);
        await timeline.PlaceFirstAsync(stop.Token);
        await stop.CancelAsync();

        Assert.True(Assert.Single(await timeline.RunAsync(Now(), stop.Token)).Healed);

        Assert.Equal(1, numbered.Cleared);
    }

    [Fact]
    public async Task PlaceFirst_ApplyThrows_IsToldByTheWalk()
    {
        var broken = new ScriptedInjector(Numbered(0, 2)) { ApplyError = new InvalidOperationException("no such replica") };
        var timeline = Timeline(broken);
        await timeline.PlaceFirstAsync(CancellationToken.None);

        Assert.Contains("no such replica", Assert.Single(await timeline.RunAsync(Now(), CancellationToken.None)).Trouble, StringComparison.Ordinal);
        Assert.Equal(1, broken.Cleared);
    }

    [Fact]
    public async Task RunAsync_TwoWindows_AppliesAndHealsInEach()
    {
        var injector = new ScriptedInjector(Window(1, 10) with { Windows = [Between(1, 2), Between(5, 6)] });
        var run = Run(injector);

        await StepAsync(3, () => injector.Cleared == 1);
        Assert.Equal(1, injector.Applied);
        await StepAsync(4, () => injector.Cleared == 2);

        Assert.True(Assert.Single(await run) is { Applied: true, Healed: true });
        Assert.Equal([.. WholeLife, .. WholeLife], _said.StagesOf(injector.Fault));
    }

    [Fact]
    public async Task RunAsync_ParametersByWindow_UsesAnInjectorForEach()
    {
        var fault = Window(1, 3) with { Windows = [Between(1, 2), Between(2, 3)] };
        ScriptedInjector[] steps = [new(fault), new(fault)];
        var run = Run(new SteppedInjector(fault, steps));

        await StepAsync(4, () => steps[1].Cleared == 1);

        Assert.True(Assert.Single(await run).Healed);
        Assert.Equal([1, 1], steps.Select(step => step.Applied));
    }

    [Fact]
    public async Task RunAsync_AfterAnotherIsHealed_StartsThenAndLastsAsLong()
    {
        var first = new ScriptedInjector(Window(1, 2, "first"));
        var second = new ScriptedInjector(After("first", FaultMoment.Healed, delay: 1, latest: 20));
        var run = Run(first, second);

        await StepAsync(2, () => first.Cleared == 1);
        Assert.Equal(0, second.Applied);
        await StepAsync(2, () => second.Applied == 1);
        Assert.Equal(0, second.Cleared);
        await StepAsync(3, () => second.Cleared == 1);

        Assert.All(await run, result => Assert.True(result is { Applied: true, Healed: true }));
    }

    [Fact]
    public async Task RunAsync_AfterADetectionThatNeverComes_DoesNotStartAndSaysSo()
    {
        using var stop = new CancellationTokenSource();
        var first = new ScriptedInjector(Window(1, 2, "first"));
        var second = new ScriptedInjector(After("first", FaultMoment.Detected, delay: 0, latest: 20));
        var run = Run(stop.Token, first, second);
        await StepAsync(5, () => first.Cleared == 1);

        await stop.CancelAsync();

        Assert.True((await run)[1] is { Applied: false, Healed: true });
        Assert.Equal(0, second.Applied);
        Assert.Contains(_said.Remarks, remark => remark.Contains("did not happen", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_ConditionMet_EndsTheFaultBeforeItsTime()
    {
        var condition = new AbortCondition(
            new Objective { Text = "x", Metric = MetricId.ErrorRate, Aggregation = default, Comparison = Comparison.Greater, Limit = 0 }, TimeSpan.Zero);
        var fault = Window(1, 100);
        var injector = new ScriptedInjector(fault with { Fault = fault.Fault with { Schedule = new FaultSchedule { Until = condition } } });
        var met = new TaskCompletionSource<string>();
        var run = Run(new Script(met.Task), CancellationToken.None, injector);
        await StepAsync(2, () => injector.Applied == 1);
        Assert.Equal(0, injector.Cleared);

        met.SetResult("condition 'x' held");

        Assert.True(Assert.Single(await run) is { Applied: true, Healed: true, Trouble: null });
        Assert.Equal(WholeLife, _said.StagesOf(injector.Fault));
        Assert.Contains("fault ends: condition 'x' held", _said.Remarks);
    }

    /// <summary>Moves the clock in small steps, so that what each wakes gets its turn, then waits for what should have come of it.</summary>
    private async Task StepAsync(double seconds, Func<bool> condition)
    {
        for (var step = 0; step < seconds * 10; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            for (var turn = 0; turn < 200; turn++)
            {
                await Task.Yield();
            }
        }

        await Eventually(condition);
    }

    private static PlannedFault After(string other, FaultMoment moment, double delay, double latest)
    {
        var fault = Window(3, 5, "second");
        return fault with
        {
            Latest = Nanos.FromSeconds(latest),
            Fault = fault.Fault with { Schedule = new FaultSchedule { After = new FaultTrigger(other, moment, TimeSpan.FromSeconds(delay)) } },
        };
    }

    private static FaultWindow Between(double from, double to) => new(Nanos.FromSeconds(from), Nanos.FromSeconds(to));

    private sealed class Script(Task<string> met) : ILiveConditions
    {
        public Task<string> MetAsync(AbortCondition condition, CancellationToken cancellation) => met.WaitAsync(cancellation);
    }

    private Task<HealResult[]> Run(params IInjector[] injectors) => Run(CancellationToken.None, injectors);

    private Task<HealResult[]> Run(CancellationToken stop, params IInjector[] injectors) => Run(null, stop, injectors);

    private Task<HealResult[]> Run(ILiveConditions? conditions, CancellationToken stop, params IInjector[] injectors)
    {
        var start = _time.GetTimestamp();
        return new FaultTimeline(injectors, _said, _time) { Conditions = conditions }
            .RunAsync(() => Nanos.From(_time.GetElapsedTime(start)), stop);
    }

    private static PlannedFault Window(double from, double to, string id = "fault") => new(
        0, new Fault { Id = id, Kind = "test.fault", At = TimeSpan.FromSeconds(from), For = TimeSpan.FromSeconds(to - from) },
        Nanos.FromSeconds(from), Nanos.FromSeconds(to));

    private static PlannedFault Numbered(double from, double to, string id = "numbered")
    {
        var fault = Window(from, to, id);
        return fault with { Fault = fault.Fault with { Schedule = new FaultSchedule { Nth = [1] } } };
    }

    private FaultTimeline Timeline(params IInjector[] injectors) => new(injectors, _said, _time);

    private Func<long> Now()
    {
        var start = _time.GetTimestamp();
        return () => Nanos.From(_time.GetElapsedTime(start));
    }

    /// <summary>Continuations run on the pool: give them turns, bounded, without a clock.</summary>
    private static async Task Eventually(Func<bool> condition)
    {
        for (var turn = 0; turn < 1_000_000 && !condition(); turn++)
        {
            await Task.Yield();
        }

        Assert.True(condition());
    }

    private sealed class ScriptedInjector(PlannedFault fault) : IInjector
    {
        public PlannedFault Fault { get; } = fault;
        public int Applied { get; private set; }
        public int Cleared { get; private set; }
        public bool Heals { get; init; } = true;
        public Exception? ApplyError { get; init; }

        public Task ApplyAsync(CancellationToken cancellation)
        {
            Applied++;
            return ApplyError is null ? Task.CompletedTask : Task.FromException(ApplyError);
        }

        public Task ClearAsync(CancellationToken cancellation)
        {
            Cleared++;
            return Task.CompletedTask;
        }

        public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Task.FromResult(Heals);
    }
}
