using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Engine;

/// <summary>Any .NET host can call the engine: this is all it takes.</summary>
public class LibraryUseTests
{
    [Fact]
    public async Task RunAsync_FromAnyHost_TakesTenLines()
    {
        await using var target = new NullTarget();
        var journal = new MemoryJournal();
        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Plans.Open(Enumerable.Range(0, 100).Select(i => i * 1_000_000L), TimeSpan.FromMilliseconds(100)),
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = journal,
        });

        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.Equal(100, outcome.Counts.Completed);
        Assert.All(journal.Observations, o => Assert.True(o.Planned <= o.Sent && o.Sent <= o.FirstToken && o.FirstToken <= o.Ended));
    }
}
