using System.Globalization;
using System.Text;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>The last station: makes bytes of head, pieces and end again. Event streams go out in chunks, other bodies as they were framed.</summary>
internal sealed class ReplyWriter(Exchange exchange, ByteSink sink) : ReplyFilter(exchange, fault: null)
{
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();

    private bool _isChunked;

    /// <summary>A chunk's size line as a legal but unusual sender writes it.</summary>
    public bool WritesOddChunks { get; set; }

    public override ValueTask<Flow> HeadAsync(HeadLines head)
    {
        _isChunked = head.Facts.IsEventStream || IsChunked(head.Facts.Body);
        if (_isChunked)
        {
            head.Remove("Content-Length");
            head.Set("Transfer-Encoding", "chunked");
        }

        return sink.WriteAsync(head.ToBytes());
    }

    public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
    {
        if (piece.IsEmpty || !_isChunked)
        {
            return piece.IsEmpty ? ValueTask.FromResult(Flow.Continue) : sink.WriteAsync(piece);
        }

        return WritesOddChunks ? OddAsync(piece) : sink.WriteAsync(Chunk(piece, Size(piece.Length)));
    }

    public override ValueTask<Flow> EndAsync() => !_isChunked ? ValueTask.FromResult(Flow.Continue)
        : sink.WriteAsync(WritesOddChunks ? "000;last=yes\r\nX-Trailer: legal\r\n\r\n"u8.ToArray() : LastChunk);

    /// <summary>Chunks that end in the middle of lines, with extensions and leading zeros.</summary>
    private async ValueTask<Flow> OddAsync(ReadOnlyMemory<byte> piece)
    {
        const int Odd = 11;
        for (var at = 0; at < piece.Length; at += Odd)
        {
            var part = piece.Slice(at, Math.Min(Odd, piece.Length - at));
            if (await sink.WriteAsync(Chunk(part, $"00{part.Length:X};part=\"{at}\"")).ConfigureAwait(false) is not Flow.Continue and var end)
            {
                return end;
            }
        }

        return Flow.Continue;
    }

    private static bool IsChunked(BodyReader body) => body is { IsDone: false, IsCounted: false, EndsWithConnection: false };

    private static string Size(int length) => length.ToString("x", CultureInfo.InvariantCulture);

    private static byte[] Chunk(ReadOnlyMemory<byte> piece, string size)
    {
        var bytes = new byte[size.Length + 4 + piece.Length];
        Encoding.ASCII.GetBytes(size + "\r\n", bytes);
        piece.CopyTo(bytes.AsMemory(size.Length + 2));
        "\r\n"u8.CopyTo(bytes.AsSpan(bytes.Length - 2));
        return bytes;
    }
}

/// <summary>The client's connection.</summary>
internal sealed class WireSink(PeerWire client) : ByteSink
{
    public override async ValueTask<Flow> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await client.SendAsync(bytes).ConfigureAwait(false);
        return Flow.Continue;
    }
}
