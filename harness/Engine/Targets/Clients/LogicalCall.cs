namespace ChaosBench.Engine.Targets.Clients;

/// <summary>One request as its caller sees it, over all its attempts: sent once, and the tokens of one attempt alone.</summary>
internal sealed class LogicalCall(IResponseSink sink)
{
    private readonly TaskCompletionSource _streaming = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _attempts;
    private int _owner;
    private int _sent;

    /// <summary>The attempt whose tokens the caller gets; 0: none has given any.</summary>
    public int Owner => Volatile.Read(ref _owner);

    /// <summary>Completes with the first token of any attempt.</summary>
    public Task Streaming => _streaming.Task;

    public int NextAttempt() => Interlocked.Increment(ref _attempts);

    public void Sent()
    {
        if (Interlocked.Exchange(ref _sent, 1) == 0)
        {
            sink.Sent();
        }
    }

    public IResponseSink SinkOf(int attempt) => new AttemptSink(this, sink, attempt);

    private bool TryOwn(int attempt)
    {
        var owner = Interlocked.CompareExchange(ref _owner, attempt, 0);
        _streaming.TrySetResult();
        return owner == 0 || owner == attempt;
    }

    private sealed class AttemptSink(LogicalCall call, IResponseSink sink, int attempt) : IResponseSink
    {
        public void Sent() => call.Sent();

        public long Stamp() => sink.Stamp();

        public void Tokens(int tokens)
        {
            if (call.TryOwn(attempt))
            {
                sink.Tokens(tokens);
            }
        }

        public void Tokens(int tokens, long stamp)
        {
            if (call.TryOwn(attempt))
            {
                sink.Tokens(tokens, stamp);
            }
        }
    }
}

/// <summary>Hears and forgets.</summary>
internal sealed class DeafSink(Action sent) : IResponseSink
{
    public void Sent() => sent();

    public void Tokens(int tokens) { }
}
