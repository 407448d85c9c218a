using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosBench.Engine;
using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Pacing;
using ChaosBench.Scenarios;

namespace ChaosBench.Benchmarks.Load;

/// <summary>
/// A server that costs as little as one can, on one thread: a constant JSON reply, or tokens on a schedule, each with the server's own
/// monotonic clock in its text (19 digits of nanoseconds), read just before it goes out.
/// </summary>
internal sealed class StubServer : IDisposable
{
    public const int StampDigits = 19;

    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(2);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly EventLoop _loop;
    private readonly Thread _accepting;

    public StubServer(StubSchedule schedule)
    {
        var clock = new RunClock();
        clock.Start();
        _loop = new EventLoop(clock, PacerOptions.NoSpin);
        Parts = new StubParts(_loop, schedule, _loop.Deadlines(schedule.First), _loop.Deadlines(schedule.Gap));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(8192);
        _accepting = new Thread(Accept) { IsBackground = true, Name = "stub-accept" };
        _accepting.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    private StubParts Parts { get; }

    /// <summary>Serves on the caller's thread; stands still once, <paramref name="stallAfter"/> after its first request, for two seconds.</summary>
    public void Run(TimeSpan? stallAfter, CancellationToken stop)
    {
        PromptThread.Ask();
        while (stallAfter is { } calm && !stop.IsCancellationRequested)
        {
            _loop.WaitUntil(_loop.Clock.Now + Nanos.PerMillisecond, stop);
            if (Parts.FirstRequest is { } first && _loop.Clock.Now - first >= Nanos.From(calm))
            {
                stop.WaitHandle.WaitOne(Stall);
                break;
            }
        }

        _loop.WaitUntil(long.MaxValue, stop);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                (socket.Blocking, socket.NoDelay) = (false, true);
                _loop.Post(() => _ = new StubConnection(Parts, socket));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}

/// <param name="Tokens">Of each stream.</param>
/// <param name="First">From the request to its first token.</param>
internal sealed record StubSchedule(int Tokens, TimeSpan First, TimeSpan Gap);

internal sealed record StubParts(EventLoop Loop, StubSchedule Schedule, DeadlineList Firsts, DeadlineList Gaps)
{
    /// <summary>When it came; nanoseconds of the loop's clock.</summary>
    public long? FirstRequest { get; set; }
}

internal sealed unsafe class StubConnection : ILoopHandler, IDeadlined
{
    private static readonly byte[] Whole = Reply(
        "Content-Type: application/json\r\n",
        """{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Once upon a time there was a small stub server."},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":12,"total_tokens":20}}""");

    private static readonly byte[] StreamHead = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n");

    private static readonly byte[] Last = Encoding.ASCII.GetBytes(
        Chunk("""{"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""") + Chunk("[DONE]") + "0\r\n\r\n");

    private readonly byte[] _token = Encoding.ASCII.GetBytes(Chunk(
        $$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"content":"{{new string('0', StubServer.StampDigits)}}"},"finish_reason":null}]}"""));

    private readonly StubParts _parts;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly int _slot;
    private readonly int _stampAt;
    private readonly DeadlineNode _due;
    private byte[] _partial = [];
    private int _left;
    private bool _closed;

    public StubConnection(StubParts parts, Socket socket)
    {
        (_parts, _socket) = (parts, socket);
        _descriptor = (int)socket.Handle;
        _stampAt = _token.AsSpan().IndexOf(Encoding.ASCII.GetBytes(new string('0', StubServer.StampDigits)));
        _due = new DeadlineNode(this);
        _slot = parts.Loop.Register(_descriptor, Posix.In | Posix.PeerClosed, this);
    }

    public void OnReady(uint events)
    {
        var count = Posix.Receive(_descriptor, _parts.Loop.ReceiveBuffer, EventLoop.ReceiveBytes);
        if (count <= 0)
        {
            if (count is not (-Posix.EAgain or -Posix.EIntr))
            {
                Close();
            }

            return;
        }

        ReadOnlySpan<byte> bytes = new(_parts.Loop.ReceiveBuffer, count);
        if (_partial.Length > 0)
        {
            bytes = (byte[])[.. _partial, .. bytes];
            _partial = [];
        }

        while (!bytes.IsEmpty && !_closed)
        {
            var length = LengthOf(bytes);
            if (length > bytes.Length)
            {
                _partial = bytes.ToArray();
                return;
            }

            Answer(bytes[..length]);
            bytes = bytes[length..];
        }
    }

    public void OnDeadline()
    {
        var now = TimeProvider.System.GetTimestamp();
        for (var at = StubServer.StampDigits - 1; at >= 0; at--, now /= 10)
        {
            _token[_stampAt + at] = (byte)('0' + (now % 10));
        }

        Send(_token);
        if (_closed)
        {
            return;
        }

        if (--_left > 0)
        {
            _parts.Gaps.Add(_due);
        }
        else
        {
            Send(Last);
        }
    }

    private static string Chunk(string data) =>
        string.Create(CultureInfo.InvariantCulture, $"{data.Length + 8:x}\r\ndata: {data}\n\n\r\n");

    private static byte[] Reply(string headers, string body) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"));

    /// <summary>Of the first request; more than there is while it is not complete.</summary>
    private static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.IndexOf("\r\n\r\n"u8);
        var name = head < 0 ? -1 : bytes[..head].IndexOf("Content-Length: "u8);
        var length = 0;
        for (var at = name + 16; name >= 0 && at < head && bytes[at] != '\r'; at++)
        {
            length = (length * 10) + (bytes[at] - '0');
        }

        return head < 0 ? int.MaxValue : head + 4 + length;
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        _parts.FirstRequest ??= _parts.Loop.Clock.Now;
        if (request.IndexOf("\"stream\":true"u8) < 0 && request.IndexOf("\"stream\": true"u8) < 0)
        {
            Send(Whole);
            return;
        }

        Send(StreamHead);
        _left = _parts.Schedule.Tokens;
        _parts.Firsts.Add(_due);
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        // A client that does not take what it asked for has lost the contest.
        if (!_closed && Posix.Send(_descriptor, bytes) != bytes.Length)
        {
            Close();
        }
    }

    private void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _due.Cancel();
            _parts.Loop.Unregister(_slot, _descriptor);
            _socket.Dispose();
        }
    }
}
