using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Calibrating;

/// <summary>In processes of their own: the null server is one, and the state folder is told by the environment.</summary>
public sealed class CalibrateCommandTests
{
    [Fact]
    public async Task Calibrate_ThenDoctor_KeepsTheFiguresAndQuotesThem()
    {
        using var folder = new TempFolder();
        var state = $"export XDG_STATE_HOME='{folder.Path}';";
        using var calibrate = CommandProcess.Start(folder.Path, state, ["calibrate", "--seconds", "1"]);
        Assert.Equal(0, await calibrate.ExitAsync());

        var found = RunFiles.ReadCalibration(Path.Combine(folder.Path, "chaosbench", "calibration.json"));
        Assert.True(found.RequestsPerSecond > 0);
        // Every reply of the long server has 256 events.
        Assert.True(found.TokenEventsPerSecond >= 256);
        Assert.True(found.PromptBytesPerSecond >= 200_000);
        Assert.Equal([100, 1000, 5000], found.Timer.Select(timer => timer.Rate));

        using var doctor = CommandProcess.Start(folder.Path, state, ["doctor"]);
        await doctor.ExitAsync();
        Assert.Contains(found.Sentence(null), doctor.Output, StringComparison.Ordinal);
    }
}
