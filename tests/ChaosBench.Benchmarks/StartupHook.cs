using System.Globalization;

/// <summary>
/// Runs inside <c>chaosbench serve</c> before its Main, when <c>DOTNET_STARTUP_HOOKS</c> names this assembly: writes the process's memory to
/// <c>CHAOSBENCH_MEMORY_LOG</c> as lines of unix ms, resident bytes, heap bytes, live heap bytes (or -1), allocated bytes.
/// </summary>
/// <remarks>
/// The program under test stays as it ships. Every sixth sample is followed by a full collection, after which the heap is what is
/// really held; the resident size is read before it. Uses nothing but the runtime: the process's own assemblies are not loaded yet.
/// </remarks>
internal static class StartupHook
{
    public const string LogVariable = "CHAOSBENCH_MEMORY_LOG";
    public const string IntervalVariable = "CHAOSBENCH_MEMORY_INTERVAL_MS";

    private const int CollectEvery = 6;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(LogVariable) is { Length: > 0 } path
            && int.TryParse(Environment.GetEnvironmentVariable(IntervalVariable), CultureInfo.InvariantCulture, out var interval))
        {
            new Thread(() => Run(path, Math.Max(100, interval))) { IsBackground = true, Name = "memory log" }.Start();
        }
    }

    private static void Run(string path, int interval)
    {
        // Never set: it ends with the process.
        using var end = new ManualResetEvent(false);
        for (var sample = 1; !end.WaitOne(interval); sample++)
        {
            var (at, resident, heap) = (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Environment.WorkingSet, GC.GetTotalMemory(false));
            var live = -1L;
            if (sample % CollectEvery == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                GC.Collect();
                live = GC.GetTotalMemory(false);
            }

            File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{at},{resident},{heap},{live},{GC.GetTotalAllocatedBytes()}\n"));
        }
    }
}
