using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine;

/// <summary>Why the run ends early. The first reason wins.</summary>
internal sealed class RunStop : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private Cause? _cause;

    public CancellationToken Token => _source.Token;

    public RunEnding Ending => Volatile.Read(ref _cause)?.Ending ?? RunEnding.Completed;

    public string? Reason => Volatile.Read(ref _cause)?.Reason;

    public void Request(RunEnding ending, string reason)
    {
        if (Interlocked.CompareExchange(ref _cause, new Cause(ending, reason), null) is null)
        {
            _source.Cancel();
        }
    }

    /// <summary>A bug of ours, in what it was found.</summary>
    public void Broke(string doing, Exception bug) =>
        Request(RunEnding.Broken, $"{doing} failed: {bug.GetType().Name}: {OneLine.Of(bug.Message)}");

    public void Dispose() => _source.Dispose();

    private sealed record Cause(RunEnding Ending, string Reason);
}
