using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ChaosBench.Server;

/// <summary>
/// Switches ONNX Runtime's telemetry off. Its library, when it is loaded, asks the machine for its name and its disks by a shell (and dies
/// where there is no shell), leaves a log in the temporary folder and an identifier in the home folder, and sends events to its maker.
/// What runs here speaks to its targets and to nobody else. Who wants it says so: <c>ORT_DISABLE_TELEMETRY=0</c>.
/// </summary>
internal static partial class Silence
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Before anything of this library runs, and so before the only code that loads ONNX Runtime.</summary>
#pragma warning disable CA2255 // For applications alone, says the rule; a call at each way into ONNX Runtime would be forgotten at one of them.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Keep()
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(Variable, Environment.GetEnvironmentVariable(Variable) ?? "1");
            return;
        }

        // .NET changes a copy of the environment; the library reads the process's own.
        _ = SetEnvironment(Variable, "1", 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
