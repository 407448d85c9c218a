namespace ChaosBench.Server.Routing;

/// <summary>One request on its way through the replicas.</summary>
internal sealed record Job(GenerationRequest Request, int[] Prompt, IGenerationSink Sink, bool Degraded)
{
    /// <summary>The sink for a try on one replica.</summary>
    public WatchedSink Routed(int replica)
    {
        (Sink as IRoutedSink)?.Routed(replica, Degraded, Prompt.Length);
        return new WatchedSink(Request.Stream ? Sink : null);
    }

    /// <summary>Completes the result; a request that is not streamed hands its text to the sink here.</summary>
    public GenerationResult Ended(GenerationResult result, int? replica)
    {
        if (!Request.Stream && result.Status == GenerationStatus.Completed)
        {
            Sink.Tokens(result.CompletionTokens, result.Text);
        }

        return result with { Replica = replica, Degraded = Degraded };
    }
}
