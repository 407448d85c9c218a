using System.Runtime.CompilerServices;

namespace ChaosBench.Tests.Support;

/// <summary>Waits for what other threads and processes bring about, never longer than <see cref="Patience"/>.</summary>
internal static class Eventually
{
    /// <summary>Far beyond what a loaded machine needs: reaching it is a failure, not a slow pass.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

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

    /// <summary>The condition, as written, says what never happened.</summary>
    public static Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(condition, what);

    /// <summary>The same while a fake clock moves on by <paramref name="step"/> before each look.</summary>
    public static Task HoldsAsync(
        FakeTime time, TimeSpan step, Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") => TrueAsync(
        () =>
        {
            time.Advance(step);
            return condition();
        },
        what);
}
