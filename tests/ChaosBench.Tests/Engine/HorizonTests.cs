using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using static ChaosBench.Tests.Engine.Simulation;

namespace ChaosBench.Tests.Engine;

public sealed class HorizonTests
{
    private readonly Simulation _run = new();

    [Fact]
    public async Task RunAsync_HorizonDrawnInAPair_EndsAtThePairsEnd()
    {
        var plan = Plans.Open(Enumerable.Range(0, 100).Select(i => Ms(i * 100)), TimeSpan.FromSeconds(10));
        using var horizon = new Horizon([Ms(2000), Ms(4000), Ms(6000)]);
        var target = new ScriptedTarget(_run.Time, arrival =>
        {
            if (arrival.At == Ms(2500))
            {
                Assert.Equal(Ms(4000), horizon.Draw());
            }

            return new Script();
        });

        var outcome = await LoadEngine.RunAsync(_run.Request(plan, target) with { Horizon = horizon });

        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.Equal(Enumerable.Range(0, 40), _run.Journal.Observations.Select(seen => seen.Arrival).Order());
        Assert.All(_run.Journal.Observations, seen => Assert.Equal(Outcome.Completed, seen.Outcome));
        Assert.InRange(outcome.Ended, Ms(4000), Ms(4100));
    }

    [Fact]
    public async Task RunAsync_HorizonNeverDrawn_IsThePlan()
    {
        using var horizon = new Horizon([Ms(500)]);

        await LoadEngine.RunAsync(_run.Request(Plans.Open([0, Ms(700)], TimeSpan.FromSeconds(1)), new ScriptedTarget(_run.Time, _ => new Script())) with { Horizon = horizon });

        Assert.Equal(2, _run.Journal.Observations.Count);
    }

    [Fact]
    public void Draw_BehindTheLastBoundary_IsNowhere()
    {
        using var horizon = new Horizon([10, 20]);

        Assert.True(horizon.LetsPass(20));
        Assert.Null(horizon.Draw());
        Assert.True(horizon.LetsPass(30));
    }
}
