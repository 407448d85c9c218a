using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;

namespace ChaosBench.Chaos.Nodes;

/// <summary>
/// The hidden verb <c>launch PROGRAM [ARGUMENT]...</c>: leads a session of its own, waits for one byte, then becomes the program. Its
/// number and start stay the same, so the lease that was written meanwhile is the program's.
/// </summary>
public static partial class Launcher
{
    public const string Verb = "launch";

    private const int BrokenPipe = 13;

    /// <returns>Only when it did not become the program: 126, or 1 when the run was gone before it gave the word.</returns>
    public static int Run(IReadOnlyList<string> command)
    {
        if (!OperatingSystem.IsLinux() || command.Count == 0)
        {
            Console.Error.WriteLine("chaosbench starts its launcher itself, for targets with a command.");
            return 1;
        }

        _ = Native.NewSession();
        using (var word = Console.OpenStandardInput())
        {
            Span<byte> one = stackalloc byte[1];
            if (word.Read(one) == 0)
            {
                return 1;
            }
        }

        return Become(command);
    }

    [SupportedOSPlatform("linux")]
    private static int Become(IReadOnlyList<string> command)
    {
        using (var nothing = File.OpenHandle("/dev/null"))
        {
            _ = Dup2((int)nothing.DangerousGetHandle(), 0);
        }

        // The runtime ignores it, and what is ignored stays so in the program; 0 is the default.
        _ = SetSignal(BrokenPipe, 0);
        _ = RemoveVariable("DOTNET_EnableDiagnostics");
        string?[] arguments = [.. command, null];
        _ = Execute(command[0], arguments);
        Console.Error.WriteLine($"{command[0]}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        return 126;
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Execute(string program, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RemoveVariable(string name);
}
