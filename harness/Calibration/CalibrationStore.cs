using ChaosBench.Harness.Running;
using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Calibrating;

/// <summary><c>$XDG_STATE_HOME/chaosbench/calibration.json</c>, by default under <c>~/.local/state</c>.</summary>
internal static class CalibrationStore
{
    public static string Path => System.IO.Path.Combine(Folder, "calibration.json");

    /// <summary>The error rates of gates, beside it.</summary>
    public static string GatePath => System.IO.Path.Combine(Folder, "gate-calibration.json");

    private static string Folder
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return System.IO.Path.Combine(string.IsNullOrEmpty(state) ? System.IO.Path.Combine(home, ".local", "state") : state, "chaosbench");
        }
    }

    /// <exception cref="JournalException">It cannot be written.</exception>
    public static void Write(Calibration calibration) => Write(Path, RunFiles.ToJson(calibration));

    /// <exception cref="JournalException">It cannot be written.</exception>
    public static void Write(GateCalibration calibration) => Write(GatePath, RunFiles.ToJson(calibration));

    private static void Write(string path, string text)
    {
        var folder = Folder;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{folder}: cannot be made: {broken.Message}; set XDG_STATE_HOME to a folder of yours", broken);
        }

        RunFiles.Write(path, text);
    }

    /// <summary>What was found out about the gates of a scenario, on this machine; null: nothing that reads.</summary>
    public static GateQuote? ReadGates(IReadOnlyList<Objective> gates)
    {
        try
        {
            return gates.Count > 0 && File.Exists(GatePath)
                && RunFiles.Read<GateCalibration>(GatePath, GateCalibration.CurrentSchema) is var known ? GateQuote.Of(known, gates, ManifestBuilder.Machine()) : null;
        }
        catch (JournalException)
        {
            return null;
        }
    }

    /// <summary>Null where there is none of this machine, or none that reads: a convenience, never in the way of a run.</summary>
    public static Calibration? Read()
    {
        try
        {
            return File.Exists(Path) && RunFiles.ReadCalibration(Path) is var known && known.IsOf(ManifestBuilder.Machine()) ? known : null;
        }
        catch (JournalException)
        {
            return null;
        }
    }
}
