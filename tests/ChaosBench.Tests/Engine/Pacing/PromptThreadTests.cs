using ChaosBench.Engine.Pacing;

namespace ChaosBench.Tests.Engine.Pacing;

public sealed class PromptThreadTests
{
    [SkippableFact]
    public void Ask_OnAThread_ShortensTheSliceOfThatThreadAlone()
    {
        Skip.IfNot(PromptThread.SliceNanos() > 0, "this kernel gives ordinary threads no slice of their own (Linux 6.12 and later do)");
        var here = PromptThread.SliceNanos();
        ulong? before = null, after = null;

        var thread = new Thread(() =>
        {
            before = PromptThread.SliceNanos();
            PromptThread.Ask();
            after = PromptThread.SliceNanos();
        });
        thread.Start();
        thread.Join();

        Assert.True(before > 100_000, $"{before} ns");
        Assert.Equal(100_000UL, after);
        Assert.Equal(here, PromptThread.SliceNanos());
    }
}
