namespace ChaosBench.Chaos.Stress;

/// <summary>Threads that compute for a share of every tenth of a second and rest for the remainder.</summary>
internal sealed class CpuStressor(int threads, double share, TimeProvider time) : IStressor
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly ManualResetEventSlim _over = new();

    public string Start()
    {
        for (var at = 0; at < threads; at++)
        {
            new Thread(Burn) { IsBackground = true, Name = "cpu pressure" }.Start();
        }

        return FormattableString.Invariant($"{StressHost.Ready} {threads} threads at {share * 100:0.#} %");
    }

    public void Dispose() => _over.Set();

    private void Burn()
    {
        var (busy, rest) = (Period * share, Period * (1 - share));
        var number = 1UL;
        while (!_over.Wait(rest))
        {
            for (var from = time.GetTimestamp(); time.GetElapsedTime(from) < busy;)
            {
                for (var step = 0; step < 10_000; step++)
                {
                    number = unchecked((number * 6364136223846793005UL) + 1442695040888963407UL);
                }
            }
        }

        GC.KeepAlive(number);
    }
}
