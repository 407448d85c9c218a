using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;

namespace ChaosBench.Tests.Server.Scheduling;

public class SharedCacheRunnerTests
{
    [SkippableFact]
    public void Decode_EveryWidthOfTheMask_AllocatesNothing()
    {
        using var runner = TriageModel.Require().CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 512 });
        Answer(runner);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Answer(runner);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [SkippableFact]
    public void Decode_WiderMask_LeavesTheShortRowAsItIs()
    {
        using var runner = TriageModel.Require().CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 512 });
        int[] prompt = [1, 2, 300, 301, 302, 303, 3];
        runner.Prefill(0, prompt, past: 0);
        runner.Decode([400], [prompt.Length]);
        var alone = runner.LogitsOf(0).ToArray();
        runner.Prefill(1, [.. Enumerable.Range(5, 120)], past: 0);
        runner.Prefill(1, [.. Enumerable.Range(5, 120)], past: 120);
        runner.Decode([400, 401], [prompt.Length, 240]);
        Assert.All(alone.Zip(runner.LogitsOf(0).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
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

    /// <summary>Three rows of different lengths to the end of their slots.</summary>
    private static void Answer(IDecoderRunner runner)
    {
        ReadOnlySpan<int> tokens = [300, 301, 302];
        Span<int> lengths = stackalloc int[3];
        for (var step = 0; step < runner.Positions - 2; step++)
        {
            (lengths[0], lengths[1], lengths[2]) = (step, step + 1, step + 2);
            runner.Decode(tokens, lengths);
        }
    }
}
