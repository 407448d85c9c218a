using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Benchmarks.Load;

/// <summary>
/// Many open arrivals by the command <c>run</c>, as anybody would give it: its memory must not grow with their number. What the load
/// holds and what the reports hold are told apart by the packed journal, which begins when the load is over.
/// </summary>
internal static class LongBenchmark
{
    private const int Most = 1_000_000;
    private const long Mebi = 1 << 20;

    /// <summary>A run that takes longer than its arrivals by this much hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task<Report> RunAsync(BenchmarkOptions options)
    {
        var rows = new List<Row>();
        var (stub, url) = await LoadChild.StubAsync(tokens: 1, gapMs: 1);
        await using var serving = stub;
        foreach (var count in (int[])[Most / 4, Most / 2, Most])
        {
            var folder = Directory.CreateTempSubdirectory("chaosbench-long-").FullName;
            try
            {
                var seen = await MeasureAsync(folder, url, count, options.Rate);
                var name = $"{count:#,0} arrivals";
                rows.Add(new Row($"{name}: answered", "", [seen.Completed], count * 0.98));
                rows.Add(new Row($"{name}: dispatch lag p99", "ms", [seen.LagMs]));
                rows.Add(new Row($"{name}: CPU for an arrival, reports included", "us", [seen.CpuMicros / seen.Completed]));
                rows.Add(new Row($"{name}: peak resident memory under load", "MiB", [seen.LoadPeak / (double)Mebi], 300, AtMost: true));
                rows.Add(new Row($"{name}: the same with the reports", "MiB", [seen.Peak / (double)Mebi], 300, AtMost: true));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return new Report(
            $"chaosbench run, Poisson arrivals at {options.Rate:#,0}/s of plain requests, texts kept as by default; stub server on core {LoadChild.StubCore}, the run on core {LoadChild.ClientCore}",
            rows);
    }

    private static async Task<Seen> MeasureAsync(string folder, Uri url, int count, double perSecond)
    {
        var scenario = await WriteAsync(folder, url, count, perSecond);
        var start = Cores.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "chaosbench.dll"), "run", scenario, "--out", folder], LoadChild.ClientCore);
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(count / perSecond) + Patience);
        var (loadPeak, peak, cpu) = (0L, 0L, TimeSpan.Zero);
        var ended = process.WaitForExitAsync(limit.Token);
        while (!ended.IsCompleted)
        {
            if (Resident(process.Id) is { } now)
            {
                (peak, cpu) = (Math.Max(peak, now.Peak), process.TotalProcessorTime);
                loadPeak = Directory.EnumerateFiles(folder, "journal.jsonl.gz*", SearchOption.AllDirectories).Any() ? loadPeak : Math.Max(loadPeak, now.Peak);
            }

            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        }

        if (!process.HasExited)
        {
            process.Kill();
            throw new InvalidOperationException($"{count} arrivals at {perSecond}/s did not end: {await said}");
        }

        var summary = Directory.EnumerateFiles(folder, "summary.json", SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new InvalidOperationException($"chaosbench run ended with {process.ExitCode}: {await said}");
        using var told = JsonDocument.Parse(await File.ReadAllTextAsync(summary));
        var completed = told.RootElement.GetProperty("counts").GetProperty("completed").GetDouble();
        var lag = told.RootElement.GetProperty("generator").GetProperty("dispatchLag").GetProperty("p99").GetDouble();
        return new Seen(completed, lag * 1e3, cpu.TotalMicroseconds, loadPeak, peak);
    }

    private static async Task<string> WriteAsync(string folder, Uri url, int count, double perSecond)
    {
        var prompts = Enumerable.Range(0, 100).Select(number => JsonSerializer.Serialize(new { prompt = $"Tell me story {number}, and make it short." }));
        await File.WriteAllLinesAsync(Path.Combine(folder, "stories.jsonl"), prompts);
        var path = Path.Combine(folder, "long.yaml");
        await File.WriteAllTextAsync(path, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            targets:
              stub: { type: openai, url: "{{url}}", model: m }
            prompts:
              stories: stories.jsonl
            scenarios:
              - name: long
                target: stub
                workload: {{perSecond}}/s
                mix: [{ prompts: stories, maxTokens: 20 }]
                phases: { baseline: {{count / perSecond:0.###}}s }
            """));
        return path;
    }

    /// <summary>Most resident memory until now; null once the process is gone.</summary>
    private static (long Peak, long Now)? Resident(int process)
    {
        try
        {
            var lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status"));
            return Of("VmHWM:") is { } peak && Of("VmRSS:") is { } now ? (peak, now) : null;

            long? Of(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
                ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <param name="LoadPeak">Bytes, until the load was over.</param>
    private sealed record Seen(double Completed, double LagMs, double CpuMicros, long LoadPeak, long Peak);
}
