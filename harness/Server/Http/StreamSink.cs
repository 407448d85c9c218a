using System.Threading.Channels;

namespace ChaosBench.Server.Http;

/// <summary>Text of one answer on its way to the client, with what belongs to its tokens.</summary>
/// <param name="Tokens">Tokens since the piece before.</param>
internal sealed record StreamPiece(int Choice, string Text, int Tokens, IReadOnlyList<TokenLogProb> LogProbs);

/// <summary>
/// Between the replicas, which must not wait, and a client, who may be slow or gone: a bounded channel. A client who is further
/// behind than it holds loses the generation, and the replica's place is free again.
/// </summary>
internal sealed class StreamChannel(CancellationTokenSource generation)
{
    /// <summary>Pieces a client may be behind: half a second at 2,000 tokens/s, a whole answer of most models.</summary>
    public const int Capacity = 1_024;

    private readonly Channel<StreamPiece> _pieces = Channel.CreateBounded<StreamPiece>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelReader<StreamPiece> Pieces => _pieces.Reader;

    /// <summary>Where the first answer sits; published before the first piece.</summary>
    public int? Replica { get; private set; }

    public bool Degraded { get; private set; }

    public int PromptTokens { get; private set; }

    public StreamSink SinkOf(int choice) => new(this, choice);

    public void Routed(int replica, bool degraded, int promptTokens)
    {
        Replica = replica;
        Degraded = degraded;
        PromptTokens = promptTokens;
    }

    public void Write(StreamPiece piece)
    {
        if (!_pieces.Writer.TryWrite(piece))
        {
            // CancelAsync: the callbacks must not run on the replica's thread.
            _ = generation.CancelAsync();
        }
    }

    public void Complete() => _pieces.Writer.TryComplete();
}

/// <summary>The sink of one answer. Called by one replica's thread at a time.</summary>
internal sealed class StreamSink(StreamChannel channel, int choice) : IRoutedSink
{
    private List<TokenLogProb>? _logProbs;
    private int _tokens;

    public void Routed(int replica, bool degraded, int promptTokens)
    {
        if (choice == 0)
        {
            channel.Routed(replica, degraded, promptTokens);
        }
    }

    public void LogProb(TokenLogProb logProb) => (_logProbs ??= []).Add(logProb);

    /// <summary>Tokens without text yet (half a character, a possible stop string) travel with the next text.</summary>
    public void Tokens(int count, string text)
    {
        _tokens += count;
        if (text.Length > 0)
        {
            channel.Write(new StreamPiece(choice, text, _tokens, _logProbs ?? []));
            (_tokens, _logProbs) = (0, null);
        }
    }
}

/// <summary>For answers that are sent whole: the result carries the text.</summary>
internal sealed class WholeSink : IGenerationSink
{
    public static WholeSink Instance { get; } = new();

    public void Tokens(int count, string text)
    {
    }
}
