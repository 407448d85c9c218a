using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;

namespace ChaosBench.Tests.Server.Scheduling;

public class SharedCacheRunnerTests
{
    [SkippableFact]
    public void Decode_SteadySteps_AllocateNothing()
    {
        using var runner = TriageModel.Require().CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 256 });
        int[] tokens = [300, 301, 302];
        int[] lengths = [1, 2, 3];
        runner.Decode(tokens, lengths);
        var before = GC.GetAllocatedBytesForCurrentThread();
        // Below the next widening of the attention mask at 64 positions.
        for (var step = 0; step < 50; step++)
        {
            lengths[0]++;
            lengths[1]++;
            lengths[2]++;
            runner.Decode(tokens, lengths);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [SkippableFact]
    public void Decode_AfterMove_EqualsTheRowItCameFrom()
    {
        using var runner = TriageModel.Require().CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 128 });
        int[] prompt = [1, 2, 300, 301, 302, 303, 3];
        runner.Prefill(2, prompt, past: 0);
        runner.Move(2, 0, prompt.Length);
        runner.Decode([400], [prompt.Length]);
        var moved = runner.LogitsOf(0).ToArray();
        runner.Prefill(0, prompt, past: 0);
        runner.Decode([400], [prompt.Length]);
        Assert.Equal(moved, runner.LogitsOf(0).ToArray());
    }
}
