using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>The JSON of one answer: whole, or chunk by chunk. Chat and completions differ in names and in where the text sits.</summary>
/// <param name="Created">Unix seconds.</param>
internal sealed record ReplyJson(bool Chat, string Id, string Model, long Created)
{
    /// <summary>Plain UTF-8 instead of \u escapes. Safe: the reply is never embedded in HTML and says it is JSON.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Whole(Utf8JsonWriter json, GenerationResult result)
    {
        Begin(json, Chat ? "chat.completion" : "text_completion");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
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

        json.WriteNull("logprobs");
        json.WriteString("finish_reason", result.FinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        Usage(json, result);
        json.WriteEndObject();
    }

    /// <summary>The first chunk of a chat: who speaks.</summary>
    public void Role(Utf8JsonWriter json, bool usageFollows)
    {
        BeginChunk(json, usageFollows);
        json.WriteStartObject("delta");
        json.WriteString("role", "assistant");
        json.WriteString("content", "");
        json.WriteEndObject();
        EndChunk(json, finishReason: null);
    }

    public void Text(Utf8JsonWriter json, string text, bool usageFollows)
    {
        BeginChunk(json, usageFollows);
        if (Chat)
        {
            json.WriteStartObject("delta");
            json.WriteString("content", text);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text", text);
        }

        EndChunk(json, finishReason: null);
    }

    public void Finish(Utf8JsonWriter json, string? finishReason, bool usageFollows)
    {
        BeginChunk(json, usageFollows);
        if (Chat)
        {
            json.WriteStartObject("delta");
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text", "");
        }

        EndChunk(json, finishReason);
    }

    /// <summary>The last chunk when usage was asked for: no choice, only counts.</summary>
    public void UsageChunk(Utf8JsonWriter json, GenerationResult result)
    {
        Begin(json, ChunkKind);
        json.WriteStartArray("choices");
        json.WriteEndArray();
        Usage(json, result);
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

    private void BeginChunk(Utf8JsonWriter json, bool usageFollows)
    {
        Begin(json, ChunkKind);
        if (usageFollows)
        {
            json.WriteNull("usage");
        }

        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
    }

    private static void EndChunk(Utf8JsonWriter json, string? finishReason)
    {
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Usage(Utf8JsonWriter json, GenerationResult result)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", result.PromptTokens);
        json.WriteNumber("completion_tokens", result.CompletionTokens);
        json.WriteNumber("total_tokens", result.PromptTokens + result.CompletionTokens);
        json.WriteEndObject();
    }
}
