using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server;

/// <summary>ONNX Runtime is loaded without the traces that its telemetry leaves: a log by the process's number, and files in the home folder.</summary>
public sealed class SilenceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task Doctor_LoadsTheLibrary_WhichLeavesNothing()
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

        var said = await Shell.DoAsync(_folder.Path, $"echo process $$; exec {host} {Path.Combine(AppContext.BaseDirectory, "chaosbench.dll")} doctor",
            ("HOME", _folder.Path), ("TMPDIR", _folder.Path), ("XDG_STATE_HOME", null), ("ORT_DISABLE_TELEMETRY", null), ("DOTNET_EnableDiagnostics", "0"));

        Assert.Contains("ok      onnx runtime", said, StringComparison.Ordinal);
        Assert.False(File.Exists($"/tmp/mat-debug-{said.Split('\n')[0].Split(' ')[1]}.log"));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_folder.Path), path => !path.EndsWith(".dotnet", StringComparison.Ordinal));
    }
}
