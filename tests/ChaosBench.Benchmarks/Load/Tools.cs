using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChaosBench.Benchmarks.Load;

/// <summary>Other people's load generators on the client's core: what they did and what CPU they took for it.</summary>
internal static partial class Tools
{
    private const int Children = -1;

    /// <summary>Microseconds of CPU for a request; null, with a word to the user, where wrk is not installed.</summary>
    public static async Task<double?> WrkAsync(Uri url, string body, int connections, int seconds)
    {
        var script = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".lua");
        await File.WriteAllTextAsync(script, $"wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = [===[{body}]===]\n");
        try
        {
            return await CpuAsync("wrk", WrkCount(), "-t1", $"-c{connections}", $"-d{seconds}s", "-s", script, $"{url}/chat/completions");
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>As <see cref="WrkAsync"/>, of hey.</summary>
    public static Task<double?> HeyAsync(Uri url, string body, int connections, int seconds) => CpuAsync(
        "hey", HeyCount(), "-z", $"{seconds}s", "-c", $"{connections}", "-cpus", "1", "-m", "POST", "-T", "application/json", "-d", body, $"{url}/chat/completions");

    /// <summary>An aiohttp client that does what vLLM's benchmark does, one result a round; null where aiohttp is not installed.</summary>
    public static async Task<IReadOnlyList<Dictionary<string, double>>?> AiohttpAsync(Uri url, int streams, int tokens, double ramp, int rounds)
    {
        var script = Path.Combine(Machine.Root, "tests", "ChaosBench.Benchmarks", "Load", "aiohttp_client.py");
        foreach (var python in (string[])["/usr/bin/python3", "python3"])
        {
            if (await SaysAsync(python, "-c", "import aiohttp") is null)
            {
                continue;
            }

            string[] arguments =
            [
                script, $"{url}/chat/completions", $"{streams}", $"{tokens}", ramp.ToString(CultureInfo.InvariantCulture), $"{rounds}",
            ];
            var said = await SaysAsync(python, arguments) ?? throw new InvalidOperationException("the aiohttp client failed");
            return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Dictionary<string, double>>(line)!)];
        }

        Console.Error.WriteLine("aiohttp is not installed and its rows are left out; Debian: apt-get install python3-aiohttp");
        return null;
    }

    private static async Task<double?> CpuAsync(string tool, Regex count, params string[] arguments)
    {
        if (Cores.Find(tool) is null)
        {
            Console.Error.WriteLine($"{tool} is not installed and is left out; Debian: apt-get install {tool}");
            return null;
        }

        var before = CpuOfChildren();
        var said = await SaysAsync(tool, arguments) ?? throw new InvalidOperationException($"{tool} failed");
        var requests = count.Match(said) is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return requests > 0 && !said.Contains("Non-2xx", StringComparison.Ordinal)
            ? (CpuOfChildren() - before) / requests
            : throw new InvalidOperationException($"{tool} did not do what it was asked: {said}");
    }

    /// <summary>Null when it ended with an error.</summary>
    private static async Task<string?> SaysAsync(string program, params string[] arguments)
    {
        var start = Cores.Start(program, arguments, LoadChild.ClientCore);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await errors;
        return process.ExitCode == 0 ? said : null;
    }

    /// <summary>Microseconds, of the child processes that have ended.</summary>
    private static double CpuOfChildren()
    {
        var usage = default(Usage);
        return GetUsage(Children, ref usage) == 0
            ? ((usage.UserSeconds + usage.SystemSeconds) * 1e6) + usage.UserMicros + usage.SystemMicros
            : throw new InvalidOperationException("getrusage failed");
    }

    // struct rusage of 64-bit Linux: two timeval, then fourteen longs that are not of interest here.
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicros;
        public long SystemSeconds;
        public long SystemMicros;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetUsage(int who, ref Usage usage);

    [GeneratedRegex(@"([0-9]+) requests in")]
    private static partial Regex WrkCount();

    [GeneratedRegex(@"\[200\]\s+([0-9]+) responses")]
    private static partial Regex HeyCount();
}
