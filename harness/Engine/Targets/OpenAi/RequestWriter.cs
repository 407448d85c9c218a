using System.Buffers;
using System.Globalization;
using System.Text;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Requests as bytes, head and body in one piece. The body is written first, behind room for the head, because the head says how
/// long the body is.
/// </summary>
internal sealed class RequestWriter
{
    /// <summary>Digits of a Content-Length and of a request id, with the ends of their lines.</summary>
    private const int MaxNumbers = 48;

    private readonly OpenAiSettings _settings;
    private readonly byte[] _head;
    private readonly int _room;

    public RequestWriter(OpenAiSettings settings, Uri endpoint)
    {
        _settings = settings;
        _head = Head(settings, endpoint);
        _room = settings.Traces is null ? MaxNumbers : MaxNumbers + TraceName.Length + TraceIds.HeaderLength;
    }

    private static ReadOnlySpan<byte> TraceName => "\r\ntraceparent: "u8;

    /// <returns>The request in <paramref name="buffer"/>, from <c>Start</c> to <c>End</c>.</returns>
    public (int Start, int End) Write(Arrival arrival, RequestBuffer buffer)
    {
        var room = _head.Length + _room;
        buffer.Begin(room);
        WriteBody(arrival, buffer);
        var numbers = buffer.Bytes[_head.Length..room];
        var written = WriteNumbers(arrival, buffer.Length - room, numbers);

        // Right-aligned, so that nothing lies between the head and the body.
        var start = _room - written;
        numbers[..written].CopyTo(buffer.Bytes[(start + _head.Length)..]);
        _head.CopyTo(buffer.Bytes[start..]);
        return (start, buffer.Length);
    }

    public static void WriteBody(Arrival arrival, OpenAiSettings settings, IBufferWriter<byte> output)
    {
        if (arrival.Prompt.RawBody is { } raw)
        {
            output.Write(ChatBody.FillModel(raw, settings.Model).Span);
        }
        else if (settings.Api == OpenAiApi.Chat)
        {
            ChatBody.Write(output, settings.Model, arrival.Prompt.Messages, arrival.Sampling, settings.Usage);
        }
        else
        {
            ChatBody.WriteCompletion(output, settings.Model, arrival.Prompt.Messages, arrival.Sampling, settings.Usage);
        }
    }

    private void WriteBody(Arrival arrival, RequestBuffer buffer) => WriteBody(arrival, _settings, buffer);

    /// <summary>The end of the head: its last two values, that differ from request to request.</summary>
    private int WriteNumbers(Arrival arrival, int bodyLength, Span<byte> output)
    {
        // As Arrival.RequestId, without a string.
        output[0] = (byte)'r';
        arrival.Index.TryFormat(output[1..], out var digits, "D6", CultureInfo.InvariantCulture);
        var at = 1 + digits;
        if (_settings.Traces is { } traces)
        {
            TraceName.CopyTo(output[at..]);
            at += TraceName.Length;
            traces.Write(output[at..], arrival.Continues ?? arrival.Index, arrival.Index, arrival.Attempt);
            at += TraceIds.HeaderLength;
        }

        "\r\nContent-Length: "u8.CopyTo(output[at..]);
        at += "\r\nContent-Length: "u8.Length;
        bodyLength.TryFormat(output[at..], out digits, default, CultureInfo.InvariantCulture);
        at += digits;
        "\r\n\r\n"u8.CopyTo(output[at..]);
        return at + 4;
    }

    /// <summary>Everything up to the request id. Headers of the settings take the place of ours.</summary>
    private static byte[] Head(OpenAiSettings settings, Uri endpoint)
    {
        using var request = new HttpRequestMessage();
        HttpStack.AddHeaders(request.Headers, settings);
        var text = new StringBuilder($"POST {endpoint.PathAndQuery} HTTP/1.1\r\n");
        if (!request.Headers.NonValidated.Contains("Host"))
        {
            text.Append(CultureInfo.InvariantCulture, $"Host: {endpoint.Authority}\r\n");
        }

        text.Append("Content-Type: application/json\r\n");
        foreach (var (name, values) in request.Headers.NonValidated.Where(header => !IsOurs(header.Key, settings)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {OneLine.Of(values.ToString(), int.MaxValue)}\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("x-request-id: ").ToString());
    }

    private static bool IsOurs(string name, OpenAiSettings settings) =>
        name.Equals("x-request-id", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        || (settings.Traces is not null && name.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
}

/// <summary>Bytes of one request, in an array that is rented from its first byte until the last has gone out.</summary>
internal sealed class RequestBuffer : IBufferWriter<byte>
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Starts anew with <paramref name="room"/> bytes that are filled later.</summary>
    public void Begin(int room)
    {
        Release();
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1024, room));
        Length = room;
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public void Release()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, Length) = ([], 0);
    }

    private void Grow(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }
}
