using System.Collections.Concurrent;
using ChaosBench.Server.Embeddings;

namespace ChaosBench.Server.Workers;

/// <summary>Batches of embeddings that a worker was given and has not answered.</summary>
internal sealed class WorkerEncodings(int replica)
{
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<EncoderResult>> _open = new();

    public int Count => _open.Count;

    /// <summary>Completes with the worker's answer, or with its loss.</summary>
    public Task<EncoderResult> Add(uint number) => (_open[number] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Late answers to what was given up are left alone.</summary>
    public void End(uint number, EncoderResult result)
    {
        if (_open.TryRemove(number, out var open))
        {
            open.TrySetResult(result);
        }
    }

    public void LoseAll()
    {
        foreach (var number in _open.Keys)
        {
            End(number, EncoderResult.Lost(replica));
        }
    }
}
