namespace ChaosBench.Chaos.Timeline;

/// <summary>Tells the loop of a fault that its window is over, and lets it wait for that.</summary>
internal sealed class StopSignal(TimeProvider time)
{
    private readonly TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _set.Task;

    public bool IsSet => _set.Task.IsCompleted;

    public void Set() => _set.TrySetResult();

    /// <summary>True as soon as it is set; false when it is not within that time.</summary>
    public async Task<bool> ComesWithinAsync(TimeSpan limit)
    {
        try
        {
            await _set.Task.WaitAsync(limit, time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
