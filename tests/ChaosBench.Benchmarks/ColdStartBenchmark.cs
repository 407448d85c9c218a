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
        var from = Machine.Clock.GetTimestamp();
        await using var served = await ServedProcess.StartAsync(Machine.Model, []);
        using var client = new HttpClient();
        using var reply = await client.GetAsync(new Uri(served.Address, "health/ready"));
        reply.EnsureSuccessStatusCode();
        return Machine.Seconds(from, Machine.Clock.GetTimestamp());
    }
}
