using System.Text.Json;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// <c>/v1/classify</c>: for each input the likeliest label, the probability of each label in the model's order (<c>probs</c>, as
/// vLLM has it) and the same with names, the likeliest first (<c>scores</c>).
/// </summary>
internal sealed class ClassifyEndpoint(VersionSet versions, HttpFaceOptions options)
{
    private readonly EncoderReply _reply = new(versions, options, model => model.Classifier, ErrorReply.NoLabels);

    public Task HandleAsync(HttpContext context) => _reply.HandleAsync(context, Write);

    private static void Write(Utf8JsonWriter json, EncoderAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteString("model", answer.Model);
        json.WriteStartArray("data");
        foreach (var (index, scores) in answer.Result.Vectors.Index())
        {
            One(json, index, scores, answer.Labels);
        }

        json.WriteEndArray();
        EncoderReply.Usage(json, answer.Result);
        json.WriteEndObject();
    }

    private static void One(Utf8JsonWriter json, int index, float[] scores, IReadOnlyList<string> labels)
    {
        // Stable: of equal scores the lower index comes first.
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(label => scores[label]).ToArray();
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteString("label", labels[order[0]]);
        json.WriteStartArray("probs");
        Array.ForEach(scores, json.WriteNumberValue);
        json.WriteEndArray();
        json.WriteNumber("num_classes", scores.Length);
        json.WriteStartArray("scores");
        foreach (var label in order)
        {
            json.WriteStartObject();
            json.WriteString("label", labels[label]);
            json.WriteNumber("score", scores[label]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
