using System.Text;
using ChaosBench.Engine.Targets.Http;

namespace ChaosBench.Tests.Engine.Targets.Http;

public class HttpReaderTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    public static TheoryData<string, string, bool> Replies => new()
    {
        { Ok + "Content-Length: 5\r\n\r\nHello", "Hello", true },
        { Ok + "Content-Length: 0\r\n\r\n", "", true },
        { Ok + "content-LENGTH:  5 \r\n\r\nHello", "Hello", true },
        { Ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nHello", "Hello", true },
        { Ok + "Content-Length: 5\r\nConnection: close\r\n\r\nHello", "Hello", false },
        { Ok + "Content-Length: 5\r\nConnection: x, Close\r\n\r\nHello", "Hello", false },
        { "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nHello", "Hello", false },
        { "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n\r\nHello", "Hello", true },
        { "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nHello", "Hello", true },
        { "HTTP/1.1 200 OK\nContent-Length: 5\n\nHello", "Hello", true },
        { "HTTP/1.1 204 No Content\r\n\r\n", "", true },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + Ok + "Content-Length: 5\r\n\r\nHello", "Hello", true },
        { Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n", "Hello", true },
        { Ok + "Transfer-Encoding: Chunked\r\n\r\n2;x=\"y\"\r\nHe\r\n0003 \r\nllo\r\n000\r\nTrailer: x\r\n\r\n", "Hello", true },
        { Ok + "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", true },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Feed_CutAtAnyTwoBytes_GivesTheSameBody(string wire, string body, bool keepsAlive)
    {
        var bytes = Encoding.Latin1.GetBytes(wire);
        var reader = new HttpReader();
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                reader.Reset();
                var heard = Feed(reader, bytes[..first], bytes[first..second], bytes[second..]);

                Assert.Equal((body, true, keepsAlive, null), (heard.Body, reader.IsComplete, reader.KeepsAlive, reader.Problem));
            }
        }
    }

    [Fact]
    public void Feed_NoLength_EndsWithTheConnection()
    {
        var reader = new HttpReader();

        var heard = Feed(reader, Encoding.Latin1.GetBytes(Ok + "\r\nHello"));

        Assert.Equal(("Hello", false), (heard.Body, reader.IsComplete));
        Assert.Null(reader.AtEnd());
        Assert.False(reader.KeepsAlive);
    }

    [Fact]
    public void Feed_AnotherReplyBehind_LeavesIt()
    {
        var reader = new HttpReader();
        ReadOnlySpan<byte> bytes = Encoding.Latin1.GetBytes(Ok + "Content-Length: 5\r\n\r\nHelloHTTP/1.1 200 OK\r\n");

        reader.Feed(ref bytes, new Listener(), 0);

        Assert.Equal("HTTP/1.1 200 OK\r\n", Encoding.Latin1.GetString(bytes));
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n\r\n", "no HTTP/1.1 status line")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", "no HTTP/1.1 status line")]
    [InlineData("HTTP/1.1 20x OK\r\n\r\n", "no HTTP/1.1 status line")]
    [InlineData("HTTP/1.1 042 OK\r\n\r\n", "no HTTP/1.1 status line")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n", "no HTTP/1.1 status line")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n", "no HTTP/1.1 status line")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", "another protocol that nobody asked for")]
    [InlineData(Ok + "no colon\r\n\r\n", "a header line without a name")]
    [InlineData(Ok + ": no name\r\n\r\n", "a header line without a name")]
    [InlineData(Ok + "Blank : x\r\n\r\n", "a header line without a name")]
    [InlineData(Ok + "A: x\r\n folded\r\n\r\n", "a header line without a name")]
    [InlineData(Ok + "A: x\0y\r\n\r\n", "a control character in a header")]
    [InlineData(Ok + "Content-Length: -1\r\n\r\n", "a Content-Length that is no number")]
    [InlineData(Ok + "Content-Length: 5, 5\r\n\r\n", "a Content-Length that is no number")]
    [InlineData(Ok + "Content-Length: 99999999999999999999\r\n\r\n", "a Content-Length that is no number")]
    [InlineData(Ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "two Content-Length headers that disagree")]
    [InlineData(Ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "both a Content-Length and chunks")]
    [InlineData(Ok + "Transfer-Encoding: gzip\r\n\r\n", "a transfer coding that nobody asked for")]
    [InlineData(Ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "a transfer coding that nobody asked for")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "a chunk size that is no number")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n\r\n", "a chunk size that is no number")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n-5\r\n", "a chunk size that is no number")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n5 x\r\n", "a chunk size that is no number")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "a chunk size that no reply can have")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nHello\r\n", "a chunk longer than its size")]
    public void Feed_WhatCouldBeReadInTwoWays_IsRefused(string wire, string problem)
    {
        var bytes = Encoding.Latin1.GetBytes(wire);
        var reader = new HttpReader();
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            reader.Reset();
            Feed(reader, bytes[..cut], bytes[cut..]);

            Assert.Equal(problem, reader.Problem);
        }
    }

    [Theory]
    [InlineData("A: x\r\n", "more than 256 headers")]
    [InlineData("A: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n", "headers larger than 64 KiB")]
    [InlineData("endless", "headers larger than 64 KiB")]
    public void Feed_EndlessHeaders_AreRefused(string piece, string problem) => AssertRefused(Ok, piece, problem, HttpReader.MaxHeadBytes * 2);

    [Fact]
    public void Feed_EndlessInterimReplies_AreRefused() =>
        AssertRefused("", "HTTP/1.1 100 Continue\r\n\r\n", "headers larger than 64 KiB", HttpReader.MaxHeadBytes * 2);

    [Fact]
    public void Feed_EndlessTrailers_AreRefused() =>
        AssertRefused(Ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "T: x\r\n", "headers larger than 64 KiB", HttpReader.MaxHeadBytes * 2);

    [Fact]
    public void Feed_EndlessChunkSize_IsRefused() =>
        AssertRefused(Ok + "Transfer-Encoding: chunked\r\n\r\n5;", "extension", "a chunk's size line that does not end", 8192);

    [Fact]
    public void Feed_RandomBytes_NeverThrows()
    {
        var random = new ChaosBench.Scenarios.Planning.SplitMix64(11);
        var reader = new HttpReader();
        var good = Encoding.Latin1.GetBytes(Ok + "Transfer-Encoding: chunked\r\nA: b\r\n\r\n5\r\nHello\r\n0\r\nT: x\r\n\r\n");
        for (var round = 0; round < 20_000; round++)
        {
            reader.Reset();
            var bytes = good.ToArray();
            for (var damage = 0; damage < 3; damage++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var cut = random.Next(bytes.Length);
            Feed(reader, bytes[..cut], bytes[cut..]);

            Assert.True(reader.Problem is not null || reader.IsComplete || reader.AtEnd() is not null || reader.IsComplete);
        }
    }

    private static void AssertRefused(string start, string piece, string problem, int limit)
    {
        var reader = new HttpReader();
        Feed(reader, Encoding.Latin1.GetBytes(start));
        var fed = 0;
        for (; reader.Problem is null; fed += piece.Length)
        {
            Assert.True(fed < limit, "it is still being read");
            Feed(reader, Encoding.Latin1.GetBytes(piece));
        }

        Assert.Equal(problem, reader.Problem);
    }

    private static Listener Feed(HttpReader reader, params byte[][] parts)
    {
        var listener = new Listener();
        foreach (var part in parts)
        {
            ReadOnlySpan<byte> bytes = part;
            reader.Feed(ref bytes, listener, 0);
        }

        return listener;
    }

    private sealed class Listener : HttpExchange
    {
        public string Body { get; private set; } = "";

        public override ReadOnlySpan<byte> Unsent => default;

        public override long Stamp() => 0;

        public override void OnSent(long stamp)
        {
        }

        public override void OnBytesSent(int count)
        {
        }

        public override bool OnHead(ReplyHead head) => true;

        public override bool OnBody(ReadOnlySpan<byte> bytes, long stamp)
        {
            Body += Encoding.Latin1.GetString(bytes);
            return true;
        }

        public override void OnEnd()
        {
        }

        public override void OnFailure(HttpFailure failure, string detail)
        {
        }
    }
}
