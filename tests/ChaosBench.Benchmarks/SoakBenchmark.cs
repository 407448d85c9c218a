using System.Globalization;
using ChaosBench.Reports.Statistics.Trends;

namespace ChaosBench.Benchmarks;

/// <summary>Memory of the server process while it answers recorded tickets at 80 % of what it can.</summary>
internal static class SoakBenchmark
{
    private const int Streams = 32;
    private const double Load = 0.8;

    // The run in equal parts, of which each gives one point by its median: neighbouring samples are not independent.
    private const int Parts = 20;
    private const int WarmUpParts = 3;
    private const int SamplesPerPart = 12;
    private const double MiB = 1 << 20;

    public static async Task<Report> RunAsync(BenchmarkOptions options)
    {
        var duration = TimeSpan.FromMinutes(options.Minutes);
        var interval = duration / (Parts * SamplesPerPart);
        var log = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
                [StartupHook.LogVariable] = log,
                [StartupHook.IntervalVariable] = interval.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
            };
            await using var served = await ServedProcess.StartAsync(Machine.Model, [], environment: environment);
            var capacity = await CapacityAsync(served.Address);
            Console.Error.WriteLine($"soak: {capacity:0} requests/s with {Streams} streams; {Load * capacity:0} requests/s for {options.Minutes:0.#} minutes follow");

            var before = await AtRestAsync(log, interval);
            var load = new SoakLoad(served.Address);
            var from = Machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            using (load)
            {
                await load.RunAsync(Load * capacity, duration);
            }

            var samples = MemorySample.Read(log, from, from + (long)duration.TotalMilliseconds);
            var after = await AtRestAsync(log, interval);
            return Summary(samples, after.Live - before.Live, load, capacity, options.Minutes);
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static async Task<double> CapacityAsync(Uri address)
    {
        using var load = new SoakLoad(address);
        await load.CapacityAsync(Streams, TimeSpan.FromSeconds(5));
        return await load.CapacityAsync(Streams, TimeSpan.FromSeconds(15));
    }

    /// <summary>The second sample after a full collection from now on: by then the connections of the load, which is disposed, are gone.</summary>
    private static async Task<MemorySample> AtRestAsync(string log, TimeSpan interval)
    {
        var from = Machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        using var tick = new PeriodicTimer(interval, Machine.Clock);
        while (await tick.WaitForNextTickAsync())
        {
            if (MemorySample.Read(log, from, long.MaxValue).Where(sample => sample.Live >= 0).Skip(1).FirstOrDefault() is { } sample)
            {
                return sample;
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }

    private static Report Summary(IReadOnlyList<MemorySample> samples, double grown, SoakLoad load, double capacity, double minutes)
    {
        var resident = Series.Of("resident memory", [.. samples.Select(s => (s.Minutes, s.Resident / MiB))], minutes / Parts, WarmUpParts);
        var live = Series.Of("heap after a full collection", [.. samples.Where(s => s.Live >= 0).Select(s => (s.Minutes, s.Live / MiB))], minutes / Parts, WarmUpParts);
        var perMinute = load.Completed / minutes;
        var allocated = (samples[^1].Allocated - samples[0].Allocated) / ((samples[^1].Minutes - samples[0].Minutes) * perMinute);
        SoakPlot.Write(Path.Combine(Machine.Root, "artifacts", "bench", "soak.svg"), [resident, live], minutes, minutes / Parts * WarmUpParts);
        return new Report(
            $"chaosbench serve triage-v1, {minutes:0.#} minutes at {Load:0 %} of {capacity:0} requests/s, every other one streamed; Theil-Sen over the medians of "
            + $"{Parts - WarmUpParts} parts of {minutes / Parts:0.##} minutes after {WarmUpParts} of warm-up",
        [
            new Row("answered requests", "", [load.Completed]),
            new Row("failed requests", "", [load.Failed], 0, AtMost: true),
            new Row($"requests held back while {SoakLoad.MostAtOnce} were unanswered", "", [load.HeldBack]),
            new Row("answers that are the recorded ones", "%", [100 * load.Right]),
            new Row("allocated per request, whole process", "kB", [allocated / 1e3]),
            new Row("heap at rest after it, less that before it, per request", "B", [grown / load.Completed], 64, AtMost: true),
            .. Rows(resident, perMinute),
            .. Rows(live, perMinute),
        ]);
    }

    private static IEnumerable<Row> Rows(Series series, double perMinute) =>
    [
        new Row($"{series.Name}", "MiB", [.. series.Points.Select(point => point.Value)]),
        new Row("  slope", "MiB/min", [series.Line.Slope]),
        new Row("  slope, 95 % upper bound", "MiB/min", [series.Line.High], 1, AtMost: true),
        new Row("  slope per request", "B", [series.Line.Slope * MiB / perMinute]),
        new Row("  slope per request, 95 % upper bound", "B", [series.Line.High * MiB / perMinute], 64, AtMost: true),
    ];
}

/// <summary>A line of <see cref="StartupHook"/>'s log, in minutes from the beginning of the load.</summary>
/// <param name="Live">Heap after a full collection; -1 in samples without one.</param>
internal sealed record MemorySample(double Minutes, double Resident, double Heap, double Live, double Allocated)
{
    public static IReadOnlyList<MemorySample> Read(string path, long from, long to) =>
    [
        .. File.ReadLines(path).Select(line => line.Split(',')).Where(fields => fields.Length == 5)
            .Select(fields => fields.Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())
            .Where(values => values[0] >= from && values[0] <= to)
            .Select(v => new MemorySample((v[0] - from) / 60_000, v[1], v[2], v[3], v[4])),
    ];
}

/// <summary>What was measured, and the line through the medians of its parts.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double Minute, double Value)> Points, TheilSen Line)
{
    /// <summary>Its upper bound alone holds with 95 %.</summary>
    private const double TwoSided = 0.9;

    public static Series Of(string name, IReadOnlyList<(double Minute, double Value)> points, double part, int skipped)
    {
        var parts = points.GroupBy(point => (int)(point.Minute / part)).Where(group => group.Key >= skipped)
            .Select(group => (Minute: (group.Key + 0.5) * part, Value: Statistics.Percentile([.. group.Select(point => point.Value)], 50))).ToArray();
        return new Series(name, points, TheilSen.Fit([.. parts.Select(p => p.Minute)], [.. parts.Select(p => p.Value)], TwoSided).Value);
    }
}
