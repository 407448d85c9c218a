namespace ChaosBench.Tests.Support;

/// <summary>Waits for what other threads and processes bring about, never longer than <see cref="Patience"/>.</summary>
internal static class Eventually
{
    /// <summary>Far beyond what a loaded machine needs: reaching it is a failure, not a slow pass.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!condition())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"within {Patience} it never happened that {what}");
            }

            await Task.Delay(Step, TimeProvider.System, CancellationToken.None);
        }
    }
}
