using System.Diagnostics;
using System.Globalization;

namespace ChaosBench.Benchmarks;

/// <summary><c>chaosbench serve</c> as a process of its own, killed at the end.</summary>
internal sealed class ServedProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServedProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <summary>Returns when the server has said where it listens, which is when it is ready.</summary>
    /// <param name="core">The one it may use; null: any.</param>
    public static async Task<ServedProcess> StartAsync(
        string model, IReadOnlyList<string> arguments, int? core = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] serve = [Path.Combine(AppContext.BaseDirectory, "chaosbench.dll"), "serve", model, "--port", "0", "--device", "cpu", .. arguments];
        var start = Cores.Start("dotnet", serve, core);
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal)) is { } address)
            {
                // Nobody reads on, and a full pipe would hold the server.
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new ServedProcess(process, new Uri(address));
            }
        }

        throw new InvalidOperationException($"chaosbench serve ended before it said where it listens: {string.Join(" ", said)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

/// <summary>Processes on one core each, by <c>taskset</c> (util-linux).</summary>
internal static class Cores
{
    private static readonly bool HasTaskset = Find("taskset") is not null;

    /// <summary>Null when processes can be held to cores; otherwise what is missing.</summary>
    public static string? Problem => Environment.ProcessorCount < 2 ? "there is one core" : HasTaskset ? null : "taskset (util-linux) is not installed";

    public static ProcessStartInfo Start(string program, IReadOnlyList<string> arguments, int? core)
    {
        var pinned = core is not null && Problem is null;
        string[] all = pinned ? ["-c", core!.Value.ToString(CultureInfo.InvariantCulture), program, .. arguments] : [.. arguments];
        return new ProcessStartInfo(pinned ? "taskset" : program, all);
    }

    /// <summary>Where a program is, by PATH.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
