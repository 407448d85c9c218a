namespace ChaosBench.Benchmarks;

/// <summary><c>dotnet run -c Release --project tests/ChaosBench.Benchmarks -- NAME...</c>; without a name it lists them.</summary>
internal static class Program
{
    private static readonly Dictionary<string, (string What, Func<BenchmarkOptions, Task<Report>> Run)> Known = new(StringComparer.Ordinal)
    {
        ["decode"] = ("tokens/s through router and scheduler over the bare ONNX Runtime loop", _ => DecodeBenchmark.RunAsync()),
        ["http"] = ("tokens/s through HTTP streaming over the bare ONNX Runtime loop, client in a process of its own", _ => HttpBenchmark.RunAsync()),
        ["prefill-stall"] = ("worst token gap of 16 streams while a prompt of 1,500 tokens arrives", _ => StallBenchmark.RunAsync()),
        ["idle-arrival"] = ("from arrival to the first prefill on an idle server", _ => IdleBenchmark.RunAsync()),
        ["alloc"] = ("managed bytes per decode step and per token on the replica's thread", _ => AllocationBenchmark.RunAsync()),
        ["cold-start"] = ("from the start of `chaosbench serve` to a ready server", _ => ColdStartBenchmark.RunAsync()),
        ["startup"] = ("from the start of the self-contained program to its version, and to a run's first request", _ => StartupBenchmark.RunAsync()),
        ["bound"] = ("how far decode and prefill are from what one core could do", _ => BoundBenchmark.RunAsync()),
        ["gpu"] = ("tokens/s on a card at concurrency 64 over PyTorch in eager mode, of the reference model and of 0.5 billion random weights", _ => Gpu.GpuBenchmark.RunAsync()),
        ["clients"] = ("wrk, hey, slow and silent clients against `chaosbench serve`, and its canary afterwards", _ => ClientsBenchmark.RunAsync()),
        ["proxy"] = ("requests/s and latency through `chaosbench proxy` without faults, beside the same without it", _ => ProxyBenchmark.RunAsync()),
        ["soak"] = ("memory of `chaosbench serve` at 80 % of its capacity; --minutes N, default 20", SoakBenchmark.RunAsync),
        ["statistics"] = ("seconds for the statistics of one A/B, of a bootstrap, of embeddings", _ => StatisticsBenchmark.RunAsync()),
        ["journal-1m"] = ("rebuilding every report from a journal of a million requests", _ => JournalBenchmark.RunAsync(1_000_000, 15, 400)),
        ["journal-10m"] = ("the same with ten million", _ => JournalBenchmark.RunAsync(10_000_000, null, 300)),
        ["merge-4x1m"] = ("`chaosbench merge` of four shards with a million requests each, reports included", _ => MergeBenchmark.RunAsync()),
        ["html-1m"] = ("report.html of a million requests: time, memory, size, and how long a browser needs for it", _ => HtmlBenchmark.RunAsync()),
        ["engine-closed"] = ("the load engine's CPU for a request, over wrk and over hey", _ => Load.EngineBenchmarks.ClosedAsync()),
        ["engine-lag"] = ("how late the load engine sends at 1,000 and 10,000 requests/s", _ => Load.EngineBenchmarks.LagAsync()),
        ["engine-stream"] = ("the load engine's CPU for a token, over an aiohttp client", _ => Load.EngineBenchmarks.StreamAsync()),
        ["engine-token-error"] = ("how late the load engine sees tokens at 5,000 to 100,000 tokens/s", _ => Load.EngineBenchmarks.TokenErrorAsync()),
        ["engine-memory"] = ("what a stream and a request cost the load engine in memory", _ => Load.EngineBenchmarks.MemoryAsync()),
        ["engine-texts"] = ("what it costs the load engine that texts are kept", _ => Load.EngineBenchmarks.TextsAsync()),
        ["engine-long"] = ("memory of `chaosbench run` over 250,000 to 1,000,000 open arrivals; --rate N per second, default 10,000", Load.LongBenchmark.RunAsync),
        ["live-view"] = ("what the live page of `run --ui` costs the run at 10,000 requests/s", _ => Load.LiveBenchmark.RunAsync()),
        ["engine-stall"] = ("percentiles of a run with one stall of the server, against theory", _ => Load.EngineBenchmarks.StallAsync()),
    };

    /// <summary>Exit code where the machine lacks what a benchmark needs.</summary>
    private const int NotRun = 2;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments.FirstOrDefault() == Child.Verb)
        {
            return await Child.MainAsync(arguments);
        }

        if (arguments is [HtmlBenchmark.Verb, _])
        {
            return HtmlBenchmark.Make(arguments);
        }

        if (arguments.FirstOrDefault() == Load.LoadChild.Verb)
        {
            return await Load.LoadChild.MainAsync(arguments);
        }

        if (BenchmarkOptions.Parse(arguments, Known.Keys) is not var (options, names))
        {
            Console.Error.WriteLine("[--strict] [--minutes N] [--rate N] and one or more of:");
            foreach (var (name, (what, _)) in Known)
            {
                Console.Error.WriteLine($"  {name,-18} {what}");
            }

            Console.Error.WriteLine("--strict: exit with 1 when a goal is missed");
            return 4;
        }

        var missed = false;
        foreach (var name in names)
        {
            var before = Machine.Load();
            Report report;
            try
            {
                report = await Known[name].Run(options);
            }
            catch (Gpu.NotRunException reasons)
            {
                Console.Error.WriteLine($"{name}: not run\n{reasons.Message}");
                return NotRun;
            }

            report.Print(name, before);
            report.Write(name, before);
            missed |= report.Rows.Any(row => row.Met == false);
        }

        return missed && options.Strict ? 1 : 0;
    }
}
