using System.Text.Json;
using ChaosBench.Server.Embeddings;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// <c>/v1/classify</c>: for each input the likeliest label, the probability of each label in the model's order (<c>probs</c>, as
/// vLLM has it) and the same with names, the likeliest first (<c>scores</c>).
/// </summary>
internal sealed class ClassifyEndpoint(TextEncoder? classifier, HttpFaceOptions options)
{
    public Task HandleAsync(HttpContext context) => classifier is null
        ? ErrorReply.WriteAsync(context, ErrorReply.NoLabels)
        : EncoderReply.HandleAsync(context, classifier, options.MaxBodyBytes, Write);

    private void Write(Utf8JsonWriter json, EncoderRequest request, EncoderResult result)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteString("model", classifier!.Identity.Name);
        json.WriteStartArray("data");
        foreach (var (index, scores) in result.Vectors.Index())
        {
            One(json, index, scores);
        }

        json.WriteEndArray();
        EncoderReply.Usage(json, result);
        json.WriteEndObject();
    }

    private void One(Utf8JsonWriter json, int index, float[] scores)
    {
        // Stable: of equal scores the lower index comes first.
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(label => scores[label]).ToArray();
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteString("label", classifier!.Labels[order[0]]);
        json.WriteStartArray("probs");
        Array.ForEach(scores, json.WriteNumberValue);
        json.WriteEndArray();
        json.WriteNumber("num_classes", scores.Length);
        json.WriteStartArray("scores");
        foreach (var label in order)
        {
            json.WriteStartObject();
            json.WriteString("label", classifier.Labels[label]);
            json.WriteNumber("score", scores[label]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
