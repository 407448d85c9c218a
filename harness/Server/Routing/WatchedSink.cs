namespace ChaosBench.Server.Routing;

/// <summary>Passes tokens on and remembers whether the caller has seen any: a request that has streamed cannot start anew.</summary>
internal sealed class WatchedSink(IGenerationSink? inner) : IGenerationSink
{
    // Written by the replica's thread before its result is published, read after it.
    public bool Started { get; private set; }

    public void Tokens(int count, string text)
    {
        if (inner is not null)
        {
            Started = true;
            inner.Tokens(count, text);
        }
    }

    public void LogProb(TokenLogProb logProb) => inner?.LogProb(logProb);
}
