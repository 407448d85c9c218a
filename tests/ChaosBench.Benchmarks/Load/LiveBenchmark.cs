namespace ChaosBench.Benchmarks.Load;

/// <summary>What the live page costs the process that makes the load.</summary>
internal static class LiveBenchmark
{
    private const double PerSecond = 10_000;
    private const double Length = 8;
    private const int Rounds = 7;

    public static async Task<Report> RunAsync()
    {
        var (stub, url) = await LoadChild.StubAsync(1, 1);
        await using var serving = stub;
        await using var client = LoadChild.Client(url);
        var results = await Benchmarks.Rounds.AlternateAsync(
            2, Rounds, () => client.AskAsync($"live {PerSecond} {Length} 0"), () => client.AskAsync($"live {PerSecond} {Length} 1"));
        var (without, with) = (results[0], results[1]);
        return new Report(
            $"open loop of plain requests at {PerSecond:#,0}/s by the whole engine without journal, CPU of the whole process, {Rounds} rounds of {Length} s after 2, in turns; one page reads the stream from another process",
            [
                Of("CPU per request, progress for the terminal alone", "us", without, "cpuMicros"),
                Of("CPU per request, with the live page", "us", with, "cpuMicros"),
                new Row("with / without, of each round", "ratio", [.. with.Zip(without, (one, other) => one["cpuMicros"] / other["cpuMicros"])], 1.03, AtMost: true),
                Of("requests/s, progress for the terminal alone", "/s", without, "perSecond"),
                Of("requests/s, with the live page", "/s", with, "perSecond"),
                new Row("frames that the page got in a run", "frames", [.. with.Select(one => one["frames"])], Length - 1),
                new Row("requests that failed", "requests", [.. with.Concat(without).Select(one => one["bad"])], 0, AtMost: true),
            ]);
    }

    private static Row Of(string name, string unit, List<Dictionary<string, double>> runs, string key) => new(name, unit, [.. runs.Select(run => run[key])]);
}
