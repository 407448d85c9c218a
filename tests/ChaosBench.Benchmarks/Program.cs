namespace ChaosBench.Benchmarks;

/// <summary><c>dotnet run -c Release --project tests/ChaosBench.Benchmarks -- NAME...</c>; without a name it lists them.</summary>
internal static class Program
{
    private static readonly Dictionary<string, (string What, Func<Task<Report>> Run)> Known = new(StringComparer.Ordinal)
    {
        ["decode"] = ("tokens/s through router and scheduler over the bare ONNX Runtime loop", () => DecodeBenchmark.RunAsync(http: false)),
        ["http"] = ("tokens/s through HTTP streaming on loopback over the bare ONNX Runtime loop", () => DecodeBenchmark.RunAsync(http: true)),
        ["prefill-stall"] = ("worst token gap of 16 streams while a prompt of 1,500 tokens arrives", StallBenchmark.RunAsync),
        ["idle-arrival"] = ("from arrival to the first prefill on an idle server", IdleBenchmark.RunAsync),
        ["alloc"] = ("managed bytes per decode step and per token on the replica's thread", AllocationBenchmark.RunAsync),
        ["cold-start"] = ("from the start of `chaosbench serve` to a ready server", ColdStartBenchmark.RunAsync),
    };

    private static async Task<int> Main(string[] names)
    {
        if (names.Length == 0 || names.Any(name => !Known.ContainsKey(name)))
        {
            Console.Error.WriteLine("name one or more of:");
            foreach (var (name, (what, _)) in Known)
            {
                Console.Error.WriteLine($"  {name,-14} {what}");
            }

            return 4;
        }

        foreach (var name in names)
        {
            var before = Machine.Load();
            var report = await Known[name].Run();
            report.Print(name, before);
            report.Write(name, before);
        }

        return 0;
    }
}
