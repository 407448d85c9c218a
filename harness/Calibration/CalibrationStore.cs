using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Calibrating;

/// <summary><c>$XDG_STATE_HOME/chaosbench/calibration.json</c>, by default under <c>~/.local/state</c>.</summary>
internal static class CalibrationStore
{
    public static string Path
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return System.IO.Path.Combine(
                string.IsNullOrEmpty(state) ? System.IO.Path.Combine(home, ".local", "state") : state, "chaosbench", "calibration.json");
        }
    }

    /// <exception cref="JournalException">It cannot be written.</exception>
    public static void Write(Calibration calibration)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
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

        RunFiles.Write(Path, RunFiles.ToJson(calibration));
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
