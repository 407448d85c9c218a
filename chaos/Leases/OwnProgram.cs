using System.Diagnostics;

namespace ChaosBench.Chaos.Leases;

/// <summary>Starts <c>chaosbench</c> once more, for a hidden verb, also when this process is a test host or another program.</summary>
internal static class OwnProgram
{
    private const string Name = "chaosbench";

    /// <exception cref="LeaseException">The program is not beside this one.</exception>
    public static ProcessStartInfo Start(params string[] arguments)
    {
        var info = new ProcessStartInfo { UseShellExecute = false };
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
                throw new LeaseException($"{library}: is missing, and faults outside this process need it to stand by; put chaosbench beside this program");
            }

            info.FileName = Path.GetFileNameWithoutExtension(own) == "dotnet"
                ? own
                : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            info.ArgumentList.Add(library);
        }

        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        // A killed process could not remove the runtime's diagnostic socket from the temporary folder.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        return info;
    }
}
