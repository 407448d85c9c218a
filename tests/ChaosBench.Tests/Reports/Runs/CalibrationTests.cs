using ChaosBench.Reports.Runs;

namespace ChaosBench.Tests.Reports.Runs;

public sealed class CalibrationTests
{
    private static readonly MachineFacts Machine = new("Linux", "x64", "10.0", "EPYC", 2, 1L << 30);

    private static readonly Calibration Known = new()
    {
        ToolVersion = "0.1.0", MeasuredUtc = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero), Machine = Machine,
        RequestsPerSecond = 19_714, TokenEventsPerSecond = 250_000, PromptBytesPerSecond = 3e8, Timer = [new TimerError(1000, 1e-5, null)],
    };

    [Fact]
    public void IsOf_SameMachineWithOtherMemoryLimit_Matches()
    {
        Assert.True(Known.IsOf(Machine with { MemoryBytes = null, DotNet = "10.1" }));
        Assert.False(Known.IsOf(Machine with { Cores = 4 }));
        Assert.False(Known.IsOf(Machine with { Cpu = "Xeon" }));
    }

    [Fact]
    public void Sentence_RunWithARate_SaysWhatWasAskedAndWhatIsManaged()
    {
        Assert.Equal(
            "This run asked for 40 requests/s; this machine was measured to manage 19714 requests/s and 250000 token events/s on 2026-11-21.",
            Known.Sentence(40));
        Assert.StartsWith("This machine was measured", Known.Sentence(null), StringComparison.Ordinal);
    }
}
