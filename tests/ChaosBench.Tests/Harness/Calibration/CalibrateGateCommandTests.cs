using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Calibrating;

/// <summary>In a process of its own: the state folder is told by the environment.</summary>
public sealed class CalibrateGateCommandTests
{
    [Fact]
    public async Task CalibrateGate_FewPairs_RecordsEstimatesAndResumes()
    {
        using var folder = new TempFolder();
        var state = $"export XDG_STATE_HOME='{folder.Path}/state';";
        using var first = CommandProcess.Start(folder.Path, state,
        [
            "calibrate", "gate", Repository.Path("scenarios/gate.yaml"), "--pairs", "6", "--arm", "200ms", "--rate", "20/s",
            "--regressions", "truncated", "--out", "runs",
        ]);
        var code = await first.ExitAsync();

        var place = Directory.EnumerateDirectories(Path.Combine(folder.Path, "runs"), "2*").Single();
        var found = RunFiles.Read<GateCalibration>(Path.Combine(place, GateCalibration.FileName), GateCalibration.CurrentSchema);
        // A machine too busy to send in time must not be believed, and is not.
        Assert.Equal(found.Doubts.Count > 0 ? 2 : 0, code);
        Assert.Equal(found.Doubts.Count == 0, File.Exists(Path.Combine(folder.Path, "state", "chaosbench", "gate-calibration.json")));
        Assert.Equal(6, found.Recorded["same"]);
        Assert.Equal(6, found.Recorded["truncated"]);
        Assert.Contains("by resampling", GateWords.Label(found), StringComparison.Ordinal);
        var accuracy = found.Gates.Single(gate => gate.Unit == "pp");
        Assert.Equal(1, accuracy.Rows[^1].Found.Single().Failed.Value);
        Assert.Equal(0, accuracy.Rows[^1].FalseFailures.Value);
        Assert.True(File.Exists(Path.Combine(place, GateFiles.PageName)));

        // One round is lost; the rest is not recorded again.
        var lost = Path.Combine(place, "rounds", "01-truncated");
        var kept = File.GetLastWriteTimeUtc(Path.Combine(place, "rounds", "01-same", "manifest.json"));
        Directory.Delete(lost, recursive: true);
        using var again = CommandProcess.Start(folder.Path, state, ["calibrate", "gate", "--resume", place]);
        Assert.InRange(await again.ExitAsync(), 0, 2);
        Assert.True(Directory.Exists(lost));
        Assert.Equal(kept, File.GetLastWriteTimeUtc(Path.Combine(place, "rounds", "01-same", "manifest.json")));
        Assert.Contains("\nchaosbench calibrate gate ", await File.ReadAllTextAsync(Path.Combine(place, "gate.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the folder after --resume says how the calibration was begun", "--resume", ".", "--pairs", "7")]
    [InlineData("this is no folder of 'chaosbench calibrate gate'", "--resume", ".")]
    [InlineData("not a whole number from 5 to 10000", "--pairs", "1")]
    [InlineData("did you mean 'truncated'?", "--regressions", "trunkated")]
    public async Task CalibrateGate_OptionThatCannotWork_ExitsFour(string complaint, params string[] options)
    {
        using var session = new CommandSession();
        await File.WriteAllTextAsync(Path.Combine(session.Folder.Path, "begun.json"), "{}");
        var at = Array.IndexOf(options, ".");
        if (at >= 0)
        {
            options[at] = session.Folder.Path;
            if (options.Length > 2)
            {
                await File.WriteAllTextAsync(Path.Combine(session.Folder.Path, "begun.json"), """{"schema":1,"arguments":[],"scenarioSha256":""}""");
            }
        }

        Assert.Equal(4, await session.CallAsync(["calibrate", "gate", .. options]));
        Assert.Contains(complaint, session.Error, StringComparison.Ordinal);
    }
}
