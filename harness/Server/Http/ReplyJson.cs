using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>The JSON of one answer: whole, or chunk by chunk. Chat and completions differ in names and in where the text sits.</summary>
/// <param name="Created">Unix seconds.</param>
internal sealed record ReplyJson(bool Chat, string Id, string Model, long Created)
{
    /// <summary>Plain UTF-8 instead of \u escapes. Safe: the reply is never embedded in HTML and says it is JSON.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Whole(Utf8JsonWriter json, IReadOnlyList<GenerationResult> results)
    {
        Begin(json, Chat ? "chat.completion" : "text_completion");
        json.WriteStartArray("choices");
        foreach (var (index, result) in results.Index())
        {
            Choice(json, index, result);
        }

        json.WriteEndArray();
        Usage(json, results);
        json.WriteEndObject();
    }

    /// <summary>The first chunk of a chat: who speaks.</summary>
    public void Role(Utf8JsonWriter json, int choice, bool usageFollows)
    {
        BeginChunk(json, choice, usageFollows);
        json.WriteStartObject("delta");
        json.WriteString("role", "assistant");
        json.WriteString("content", "");
        json.WriteEndObject();
        EndChunk(json, [], 0, finishReason: null);
    }

    /// <param name="offset">Characters of the answer before the piece.</param>
    public void Text(Utf8JsonWriter json, StreamPiece piece, int offset, bool usageFollows)
    {
        BeginChunk(json, piece.Choice, usageFollows);
        if (Chat)
        {
            json.WriteStartObject("delta");
            json.WriteString("content", piece.Text);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text", piece.Text);
        }

        EndChunk(json, piece.LogProbs, offset, finishReason: null);
    }

    public void Finish(Utf8JsonWriter json, StreamPiece rest, int offset, string? finishReason, bool usageFollows)
    {
        BeginChunk(json, rest.Choice, usageFollows);
        if (Chat)
        {
            json.WriteStartObject("delta");
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text", "");
        }

        EndChunk(json, rest.LogProbs, offset, finishReason);
    }

    /// <summary>The last chunk when usage was asked for: no choice, only counts.</summary>
    public void UsageChunk(Utf8JsonWriter json, IReadOnlyList<GenerationResult> results)
    {
        Begin(json, ChunkKind);
        json.WriteStartArray("choices");
        json.WriteEndArray();
        Usage(json, results);
        json.WriteEndObject();
    }

    private string ChunkKind => Chat ? "chat.completion.chunk" : "text_completion";

    private void Begin(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", kind);
        json.WriteNumber("created", Created);
        json.WriteString("model", Model);
    }

    private void BeginChunk(Utf8JsonWriter json, int choice, bool usageFollows)
    {
        Begin(json, ChunkKind);
        if (usageFollows)
        {
            json.WriteNull("usage");
        }

        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", choice);
    }

    private void Choice(Utf8JsonWriter json, int index, GenerationResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        if (Chat)
        {
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteString("content", result.Text);
            json.WriteNull("refusal");
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text", result.Text);
        }

        LogProbsJson.Write(json, Chat, result.LogProbs, offset: 0);
        json.WriteString("finish_reason", result.FinishReason);
        json.WriteEndObject();
    }

    private void EndChunk(Utf8JsonWriter json, IReadOnlyList<TokenLogProb> logProbs, int offset, string? finishReason)
    {
        LogProbsJson.Write(json, Chat, logProbs, offset);
        json.WriteString("finish_reason", finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The answers share their prompt: it counts once.</summary>
    private static void Usage(Utf8JsonWriter json, IReadOnlyList<GenerationResult> results)
    {
        var (prompt, completion) = (results[0].PromptTokens, results.Sum(result => result.CompletionTokens));
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", prompt);
        json.WriteNumber("completion_tokens", completion);
        json.WriteNumber("total_tokens", prompt + completion);
        json.WriteEndObject();
    }
}
