using System.Threading.Channels;

namespace ChaosBench.Server.Http;

/// <summary>
/// Between a replica, which must not wait, and a client, who may be slow or gone: a bounded channel. A client who is further
/// behind than it holds loses the generation, and the replica's place is free again.
/// </summary>
internal sealed class StreamSink(CancellationTokenSource generation) : IRoutedSink
{
    /// <summary>Pieces a client may be behind: half a second at 2,000 tokens/s, a whole answer of most models.</summary>
    public const int Capacity = 1_024;

    private readonly Channel<string> _pieces = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    public ChannelReader<string> Pieces => _pieces.Reader;

    /// <summary>Where the request sits; published before the first piece.</summary>
    public int? Replica { get; private set; }

    public bool Degraded { get; private set; }

    public void Routed(int replica, bool degraded)
    {
        Replica = replica;
        Degraded = degraded;
    }

    /// <summary>Tokens without text yet (half a character, a possible stop string) travel with the next text.</summary>
    public void Tokens(int count, string text)
    {
        if (text.Length > 0 && !_pieces.Writer.TryWrite(text))
        {
            // CancelAsync: the callbacks must not run on the replica's thread.
            _ = generation.CancelAsync();
        }
    }

    public void Complete() => _pieces.Writer.TryComplete();
}

/// <summary>For answers that are sent whole: the result carries the text.</summary>
internal sealed class WholeSink : IGenerationSink
{
    public static WholeSink Instance { get; } = new();

    public void Tokens(int count, string text)
    {
    }
}
