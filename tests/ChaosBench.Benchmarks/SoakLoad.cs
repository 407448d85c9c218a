using System.Text;
using System.Text.Json;

namespace ChaosBench.Benchmarks;

/// <summary>The recorded tickets as chat requests, every other one streamed, with their right answers.</summary>
internal sealed class SoakLoad : IDisposable
{
    // Beyond it a request is not sent but counted as held back: the load must not pile up in the client.
    public const int MostAtOnce = 256;

    private readonly HttpClient _client;
    private readonly (byte[] Whole, byte[] Streamed, string Expected)[] _tickets;
    private int _running;
    private long _completed;
    private long _right;
    private long _failed;

    public SoakLoad(Uri address)
    {
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = MostAtOnce }) { BaseAddress = address };
        _tickets = [.. File.ReadLines(Path.Combine(Machine.Root, "scenarios", "recorded", "tickets.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where(line => line.TryGetProperty("prompt", out _))
            .Select(line => (line.GetProperty("prompt").GetString()!, line.GetProperty("expected").GetString()!))
            .Select(ticket => (Body(ticket.Item1, stream: false), Body(ticket.Item1, stream: true), ticket.Item2))];
    }

    public long Completed => Interlocked.Read(ref _completed);

    /// <summary>Share of the whole answers that are the expected ones.</summary>
    public double Right => Interlocked.Read(ref _right) / Math.Max(1.0, Completed);

    /// <summary>Requests that were due while the most were unanswered: the machine gave the server less than it had at first.</summary>
    public long HeldBack { get; private set; }

    /// <summary>Refused, broken or cut off.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Requests per second of so many streams that each ask again at once.</summary>
    public async Task<double> CapacityAsync(int streams, TimeSpan duration)
    {
        var (from, done) = (Machine.Clock.GetTimestamp(), 0);
        await Task.WhenAll(Enumerable.Range(0, streams).Select(async stream =>
        {
            for (var i = stream; Machine.Clock.GetElapsedTime(from) < duration; i += streams)
            {
                await AskAsync(i);
                Interlocked.Increment(ref done);
            }
        }));
        return done / Machine.Clock.GetElapsedTime(from).TotalSeconds;
    }

    /// <summary>An open loop: requests leave on time, whether others are answered or not.</summary>
    public async Task RunAsync(double perSecond, TimeSpan duration)
    {
        var (from, sent) = (Machine.Clock.GetTimestamp(), 0L);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5), Machine.Clock);
        while (Machine.Clock.GetElapsedTime(from) < duration && await tick.WaitForNextTickAsync())
        {
            for (var due = (long)(Machine.Clock.GetElapsedTime(from).TotalSeconds * perSecond); sent < due; sent++)
            {
                if (Volatile.Read(ref _running) >= MostAtOnce)
                {
                    HeldBack++;
                    continue;
                }

                Interlocked.Increment(ref _running);
                _ = CountedAsync(sent);
            }
        }

        while (Volatile.Read(ref _running) > 0 && await tick.WaitForNextTickAsync())
        {
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task CountedAsync(long number)
    {
        try
        {
            await AskAsync(number);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task AskAsync(long number)
    {
        var (whole, streamed, expected) = _tickets[number / 2 % _tickets.Length];
        var stream = number % 2 == 1;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new ByteArrayContent(stream ? streamed : whole) };
            request.Content.Headers.ContentType = new("application/json");
            using var reply = await _client.SendAsync(request);
            var text = await reply.Content.ReadAsStringAsync();
            var answer = !reply.IsSuccessStatusCode ? null : stream ? Streamed(text) : Content(text, "message");
            Interlocked.Increment(ref answer is null ? ref _failed : ref _completed);
            Interlocked.Add(ref _right, answer == expected ? 1 : 0);
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    /// <summary>Null when it was cut off.</summary>
    private static string? Streamed(string events)
    {
        var lines = events.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..]).ToArray();
        return lines.LastOrDefault() == "[DONE]" ? string.Concat(lines[..^1].Select(line => Content(line, "delta"))) : null;
    }

    private static string? Content(string json, string part)
    {
        using var reply = JsonDocument.Parse(json);
        var choices = reply.RootElement.GetProperty("choices");
        return choices.GetArrayLength() > 0 && choices[0].GetProperty(part).TryGetProperty("content", out var content) ? content.GetString() : "";
    }

    private static byte[] Body(string prompt, bool stream) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new { messages = new[] { new { role = "user", content = prompt } }, temperature = 0, max_tokens = 100, stream }));
}
