using System.Buffers.Binary;
using System.Text.Json;
using ChaosBench.Server.Embeddings;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary><c>/v1/embeddings</c> in OpenAI's shape.</summary>
internal sealed class EmbeddingsEndpoint(TextEncoder? encoder, HttpFaceOptions options)
{
    public Task HandleAsync(HttpContext context) => encoder is null
        ? ErrorReply.WriteAsync(context, ErrorReply.NoEmbeddings)
        : EncoderReply.HandleAsync(context, encoder, options.MaxBodyBytes, Write);

    private void Write(Utf8JsonWriter json, EncoderRequest request, EncoderResult result)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var (index, vector) in result.Vectors.Index())
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", index);
            Vector(json, vector, request.Base64);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", encoder!.Identity.Name);
        EncoderReply.Usage(json, result);
        json.WriteEndObject();
    }

    private static void Vector(Utf8JsonWriter json, float[] vector, bool base64)
    {
        if (base64)
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var at = 0; at < vector.Length; at++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at * sizeof(float)), vector[at]);
            }

            json.WriteBase64String("embedding", bytes);
            return;
        }

        json.WriteStartArray("embedding");
        foreach (var value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
