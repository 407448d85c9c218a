using System.Buffers;
using System.Text;
using System.Text.Json;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running.Detections;

/// <summary>Asks a URL or a Prometheus server whether it has noticed something. Replies may be hostile: size, time and redirects are bounded.</summary>
internal sealed class HttpLooks : IDisposable
{
    /// <summary>Longer replies are refused.</summary>
    public const int MaxReplyBytes = 1024 * 1024;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a redirect could lead to a host that nobody allowed
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        MaxResponseHeadersLength = 64,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public void Dispose() => _client.Dispose();

    /// <exception cref="LookException">No usable reply.</exception>
    public async Task<bool> AskAsync(DetectionLook.Http look, CancellationToken cancellation)
    {
        var (status, body) = await GetAsync(look.Url, cancellation).ConfigureAwait(false);
        return status == (look.Status ?? 200)
            && (look.Contains is null || Encoding.UTF8.GetString(body).Contains(look.Contains, StringComparison.Ordinal));
    }

    /// <inheritdoc cref="AskAsync(DetectionLook.Http, CancellationToken)"/>
    public async Task<bool> AskAsync(DetectionLook.Prometheus look, CancellationToken cancellation)
    {
        var root = look.Url.TrimEnd('/');
        var (status, body) = await GetAsync(
            look.Alert is null ? $"{root}/api/v1/query?query={Uri.EscapeDataString(look.Query!)}" : $"{root}/api/v1/alerts", cancellation).ConfigureAwait(false);
        if (status != 200)
        {
            throw new LookException($"the server answered {status}");
        }

        try
        {
            using var reply = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            var data = reply.RootElement.GetProperty("status").GetString() == "success"
                ? reply.RootElement.GetProperty("data") : throw new LookException("the server did not answer with success");
            return look.Alert is { } alert
                ? data.GetProperty("alerts").EnumerateArray().Any(one => IsFiring(one, alert))
                : HasResult(data);
        }
        catch (Exception flaw) when (flaw is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LookException("the reply is not what Prometheus answers");
        }
    }

    private static bool IsFiring(JsonElement alert, string name) =>
        alert.GetProperty("state").GetString() == "firing"
        && alert.GetProperty("labels").TryGetProperty("alertname", out var label) && label.GetString() == name;

    /// <summary>As in the rule of an alert: a vector or matrix with anything in it, or a scalar that is not 0.</summary>
    private static bool HasResult(JsonElement data)
    {
        var result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() is "scalar"
            ? result[1].GetString() is not ("0" or "NaN")
            : result.GetArrayLength() > 0;
    }

    private static async Task<byte[]> BodyAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxReplyBytes + 1);
        try
        {
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, MaxReplyBytes + 1), MaxReplyBytes + 1, throwOnEndOfStream: false, cancellation)
                .ConfigureAwait(false);
            return read <= MaxReplyBytes ? buffer[..read] : throw new LookException("its reply is longer than 1 MiB");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<(int Status, byte[] Body)> GetAsync(string url, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var reply = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            using var stream = await reply.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            return ((int)reply.StatusCode, await BodyAsync(stream, limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LookException(FormattableString.Invariant($"no whole reply within {Patience.TotalSeconds:0} s"));
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            throw new LookException(problem is HttpRequestException { HttpRequestError: var error and not HttpRequestError.Unknown }
                ? $"the request failed ({error})" : "the reply broke off");
        }
    }
}

/// <summary>A source that could not be asked this time.</summary>
internal sealed class LookException(string message) : Exception(message);
