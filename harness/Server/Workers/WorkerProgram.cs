using System.Diagnostics;
using System.Globalization;
using ChaosBench.Server.Models;

namespace ChaosBench.Server.Workers;

/// <summary>Finds the executable that workers are started from: <c>chaosbench</c> itself, also under a test host or another program.</summary>
internal static class WorkerProgram
{
    private const string Name = "chaosbench";

    public static ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        var own = Environment.ProcessPath ?? "";
        if (Path.GetFileNameWithoutExtension(own) == Name)
        {
            info.FileName = own;
        }
        else
        {
            var library = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
            if (!File.Exists(library))
            {
                throw new ModelLoadException(library, "is missing, and workers are started from it; put chaosbench beside this program or use isolation: task");
            }

            info.FileName = Path.GetFileNameWithoutExtension(own) == "dotnet"
                ? own
                : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            info.ArgumentList.Add(library);
        }

        info.ArgumentList.Add(WorkerHost.Verb);
        info.ArgumentList.Add(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        ShareOnly(info);
        // A killed process could not remove the runtime's diagnostic socket from the temporary folder.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        return info;
    }

    /// <summary>A worker needs to start and to find its libraries; the keys of other services in our environment are not its business.</summary>
    private static void ShareOnly(ProcessStartInfo info)
    {
        foreach (var name in info.Environment.Keys.Where(name => !IsShared(name)).ToList())
        {
            info.Environment.Remove(name);
        }
    }

    private static bool IsShared(string name) =>
        name is "PATH" or "HOME" or "TMPDIR" or "TEMP" or "TMP" or "LANG" or "TZ" or "SystemRoot" or "LD_LIBRARY_PATH" or "DYLD_LIBRARY_PATH"
        || name.StartsWith("LC_", StringComparison.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal)
        || name.StartsWith("CUDA_", StringComparison.Ordinal) || name.StartsWith("NVIDIA_", StringComparison.Ordinal);
}
