using System.Text;
using System.Text.Json;

namespace ChaosBench.Benchmarks;

/// <summary>Streams of completions over HTTP, all at once.</summary>
internal sealed class StreamClient(Uri address, int streams) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = streams });

    private readonly byte[] _body = JsonSerializer.SerializeToUtf8Bytes(new
    {
        prompt = DecodeBenchmark.Text, max_tokens = DecodeBenchmark.Steps, temperature = 0, stream = true, stream_options = new { include_usage = true },
    });

    /// <summary>All tokens over the time from the first event of any stream to the last of all.</summary>
    public async Task<double> RunAsync()
    {
        var times = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => StreamAsync()));
        return streams * DecodeBenchmark.Steps / Machine.Seconds(times.Min(time => time.First), times.Max(time => time.Last));
    }

    public void Dispose() => _client.Dispose();

    private async Task<(long First, long Last)> StreamAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "v1/completions")) { Content = new ByteArrayContent(_body) };
        request.Content.Headers.ContentType = new("application/json");
        using var reply = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        reply.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(), Encoding.UTF8);
        var (first, last, whole) = (0L, 0L, false);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                last = Machine.Clock.GetTimestamp();
                first = first == 0 ? last : first;
                whole |= line.Contains($"\"completion_tokens\":{DecodeBenchmark.Steps}", StringComparison.Ordinal);
            }
        }

        return whole ? (first, last) : throw new InvalidOperationException($"a stream ended before {DecodeBenchmark.Steps} tokens");
    }
}
