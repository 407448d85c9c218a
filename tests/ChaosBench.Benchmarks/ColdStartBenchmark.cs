using System.Diagnostics;

namespace ChaosBench.Benchmarks;

/// <summary>A fresh process each time, from its start to the first 200 of <c>/health/ready</c>.</summary>
internal static class ColdStartBenchmark
{
    private const int Rounds = 7;

    public static async Task<Report> RunAsync()
    {
        var samples = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            samples.Add(await StartAsync());
        }

        return new Report($"chaosbench serve triage-v1 --port 0, {Rounds} starts, files in the page cache",
        [
            new Row("process start to ready", "s", samples, 1.5, AtMost: true),
        ]);
    }

    private static async Task<double> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "chaosbench.dll"), "serve", Machine.Model, "--port", "0", "--device", "cpu"])
        {
            start.ArgumentList.Add(argument);
        }

        var from = Machine.Clock.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            using var client = new HttpClient();
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                if (line.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal)) is { } address)
                {
                    using var reply = await client.GetAsync(new Uri(new Uri(address), "health/ready"));
                    reply.EnsureSuccessStatusCode();
                    return Machine.Seconds(from, Machine.Clock.GetTimestamp());
                }
            }

            throw new InvalidOperationException("chaosbench serve ended before it said where it listens");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
