using System.Buffers.Binary;
using System.Text.Json;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary><c>/v1/embeddings</c> in OpenAI's shape.</summary>
internal sealed class EmbeddingsEndpoint(VersionSet versions, HttpFaceOptions options)
{
    private readonly EncoderReply _reply = new(versions, options, model => model.Embedder, ErrorReply.NoEmbeddings);

    public Task HandleAsync(HttpContext context) => _reply.HandleAsync(context, Write);

    private static void Write(Utf8JsonWriter json, EncoderAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var (index, vector) in answer.Result.Vectors.Index())
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", index);
            Vector(json, vector, answer.Request.Base64);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", answer.Model);
        EncoderReply.Usage(json, answer.Result);
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
