using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>
/// One try of a request on one replica. Nobody waits for a replica that has fallen silent: what has streamed nothing starts anew
/// elsewhere, the rest goes on with the replica or ends with its own time.
/// </summary>
internal static class Trial
{
    /// <summary>A working replica ends a cancelled request with its next step; one that does not within this is not waited for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>ReplicaLost when the request may start anew; never throws.</summary>
    public static async Task<GenerationResult> RunAsync(Seat seat, Job job, WatchedSink sink, TimeProvider time, CancellationToken cancellation)
    {
        using var trial = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var generation = Start(seat.Replica, job, sink, trial.Token);
        if (await WaitAsync(generation, seat.Silence, time, cancellation).ConfigureAwait(false) is { } result)
        {
            return result;
        }

        if (!cancellation.IsCancellationRequested && !sink.TryClose()
            && await WaitAsync(generation, generation, time, cancellation).ConfigureAwait(false) is { } late)
        {
            return late;
        }

        sink.Close();
        await trial.CancelAsync().ConfigureAwait(false);
        return cancellation.IsCancellationRequested
            ? Results.Cancelled with { PromptTokens = job.Prompt.Length, CompletionTokens = sink.Count }
            : Results.Silent(seat.Index);
    }

    /// <summary>A replica with another tokenizer than the rest reads the request by itself.</summary>
    private static Task<GenerationResult> Start(IReplica replica, Job job, WatchedSink sink, CancellationToken cancellation)
    {
        try
        {
            return replica.GenerateAsync(job.Request, replica.Encode?.Invoke(job.Request) ?? job.Prompt, sink, cancellation);
        }
        catch (RequestRefusedException refusal)
        {
            return Task.FromResult(Results.BadRequest("invalid_value", refusal.Message));
        }
    }

    /// <summary>Null when the replica is silent or the request is over, and it has not ended.</summary>
    private static async Task<GenerationResult?> WaitAsync(
        Task<GenerationResult> generation, Task silence, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var leaving = cancellation.UnsafeRegister(state => ((CancellationTokenSource)state!).CancelAfter(Grace), patience);
        try
        {
            await Task.WhenAny(generation, silence).WaitAsync(patience.Token).ConfigureAwait(false);
            return generation.IsCompleted ? await generation.ConfigureAwait(false) : null;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return null;
        }
    }
}
