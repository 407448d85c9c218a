using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ChaosBench.Benchmarks;

/// <summary>
/// Other people's load generators against <c>chaosbench serve</c>, then clients that hardly read, and the server's canary after each.
/// What a tool says goes to <c>artifacts/bench/clients-TOOL.txt</c>; a tool that is not installed is named and left out.
/// </summary>
internal static partial class ClientsBenchmark
{
    private const int Connections = 16;
    private const int Seconds = 10;

    public static async Task<Report> RunAsync()
    {
        await using var served = await ServedProcess.StartAsync(Machine.Model, []);
        var canary = new Canary(served.Address);
        var folder = Directory.CreateTempSubdirectory("chaosbench-clients-").FullName;
        try
        {
            List<Row> rows = [];
            rows.AddRange(await WrkAsync(served.Address, canary.Body, folder));
            rows.AddRange(await HeyAsync(served.Address, canary.Body, folder));
            rows.Add(new Row("canary after both, right of 1", "", [await canary.AskAsync()], 1));
            rows.AddRange(await SlowReaders.RunAsync());
            return new Report($"chaosbench serve triage-v1, POST /v1/chat/completions of one recorded ticket, {Connections} connections, {Seconds} s each", rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Row>> WrkAsync(Uri address, string body, string folder)
    {
        var script = Path.Combine(folder, "post.lua");
        // A long bracket holds any JSON that does not itself close one of this depth.
        await File.WriteAllTextAsync(script, $"wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = [===[{body}]===]\n");
        var said = await ToolAsync("wrk", "-t1", $"-c{Connections}", $"-d{Seconds}s", "--latency", "-s", script, $"{address}v1/chat/completions");
        return said is null ? [] :
        [
            new Row("wrk: requests", "1/s", [Number(WrkRate(), said)]),
            new Row("wrk: replies other than 2xx or 3xx", "", [Number(WrkStatus(), said)], 0, AtMost: true),
            new Row("wrk: socket errors", "", [WrkErrors().Match(said) is { Success: true } match
                ? match.Groups.Cast<Group>().Skip(1).Sum(group => double.Parse(group.Value, CultureInfo.InvariantCulture)) : 0], 0, AtMost: true),
        ];
    }

    private static async Task<IReadOnlyList<Row>> HeyAsync(Uri address, string body, string folder)
    {
        var file = Path.Combine(folder, "body.json");
        await File.WriteAllTextAsync(file, body);
        var said = await ToolAsync("hey", "-z", $"{Seconds}s", "-c", $"{Connections}", "-m", "POST", "-T", "application/json", "-D", file, $"{address}v1/chat/completions");
        if (said is null)
        {
            return [];
        }

        var replies = HeyStatus().Matches(said).ToLookup(match => match.Groups[1].Value == "200", match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        return
        [
            new Row("hey: requests", "1/s", [Number(HeyRate(), said)]),
            new Row("hey: replies with 200", "", [replies[true].Sum()]),
            new Row("hey: other replies and errors", "", [replies[false].Sum() + HeyErrors().Matches(said).Sum(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))], 0, AtMost: true),
        ];
    }

    /// <summary>What the tool wrote; null, with a word to the user, when it is not there.</summary>
    private static async Task<string?> ToolAsync(string tool, params string[] arguments)
    {
        if (Cores.Find(tool) is null)
        {
            Console.Error.WriteLine($"{tool} is not installed and is left out; Debian: apt-get install {tool}");
            return null;
        }

        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} ended with {process.ExitCode}: {said}");
        }

        var target = Path.Combine(Directory.CreateDirectory(Path.Combine(Machine.Root, "artifacts", "bench")).FullName, $"clients-{tool}.txt");
        await File.WriteAllTextAsync(target, said);
        return said;
    }

    private static double Number(Regex pattern, string text) =>
        pattern.Match(text) is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex WrkRate();

    [GeneratedRegex(@"Non-2xx or 3xx responses: ([0-9]+)")]
    private static partial Regex WrkStatus();

    [GeneratedRegex(@"Socket errors: connect ([0-9]+), read ([0-9]+), write ([0-9]+), timeout ([0-9]+)")]
    private static partial Regex WrkErrors();

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex HeyRate();

    [GeneratedRegex(@"\[([0-9]{3})\]\s+([0-9]+) responses")]
    private static partial Regex HeyStatus();

    // "[3]	Post "http://...": dial tcp ..." below "Error distribution:".
    [GeneratedRegex(@"^\s+\[([0-9]+)\]\s+(?![0-9]+ responses)\S", RegexOptions.Multiline)]
    private static partial Regex HeyErrors();
}
