using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Asks an OpenAI-compatible endpoint for embeddings, <c>POST /embeddings</c>. What the endpoint says is bounded and checked: as many
/// vectors as texts, of one length, of finite numbers.
/// </summary>
public sealed class EmbeddingsClient(OpenAiSettings settings) : IDisposable
{
    private const int MostBytes = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _http = HttpStack.Create(settings, TlsSettings.Of(settings));

    /// <returns>One vector for each text, in their order.</returns>
    /// <exception cref="EmbeddingsException">No such answer came.</exception>
    public async Task<IReadOnlyList<float[]>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, settings.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, OpenAiTarget.Endpoint(settings, "embeddings"));
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { model = settings.Model, input = texts, encoding_format = "float" }));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            HttpStack.AddHeaders(request.Headers, settings);
            using var response = await _http.SendAsync(request, both.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new EmbeddingsException(FormattableString.Invariant($"it answers {(int)response.StatusCode} to /embeddings"));
            }

            return Vectors(await BodyAsync(response, both.Token).ConfigureAwait(false), texts.Count);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EmbeddingsException(FormattableString.Invariant($"it does not answer /embeddings within {Patience.TotalSeconds:0} s"));
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            // Without the inner exception: its text may hold an address with a password.
            throw new EmbeddingsException($"/embeddings cannot be reached: {OneLine.Of(FailureMap.Map(problem, replyBegan: false).Reason)}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[81_920];
        for (var read = 1; read > 0;)
        {
            read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            body.Write(buffer, 0, read);
            if (body.Length > MostBytes)
            {
                throw new EmbeddingsException("its answer to /embeddings has no end");
            }
        }

        return body.ToArray();
    }

    private static float[][] Vectors(byte[] body, int count)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            var vectors = new float[count][];
            foreach (var item in document.RootElement.GetProperty("data").EnumerateArray())
            {
                var index = item.GetProperty("index").GetInt32();
                vectors[index] = [.. item.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle())];
            }

            return Array.TrueForAll(vectors, vector => vector is { Length: > 0 } && vector.Length == vectors[0].Length && Array.TrueForAll(vector, float.IsFinite))
                ? vectors
                : throw new EmbeddingsException($"it does not answer {count} texts with {count} vectors of one length");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new EmbeddingsException("its answer to /embeddings is not one of this API");
        }
    }
}

/// <summary>The endpoint gives no embeddings, said as "it ...".</summary>
public sealed class EmbeddingsException(string message) : Exception(message);
