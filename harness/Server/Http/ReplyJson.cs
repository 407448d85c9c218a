using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>The JSON of one answer: whole, or chunk by chunk. Chat and completions differ in names and in where the text sits.</summary>
/// <param name="Model">Id of the version that answers, whatever was asked for.</param>
/// <param name="Created">Unix seconds.</param>
internal sealed record ReplyJson(bool Chat, string Id, string Model, string Fingerprint, long Created)
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
    public void Role(Utf8JsonWriter json, int choice, ChunkUsage usage)
    {
        BeginChunk(json, choice, usage);
        json.WriteStartObject("delta");
        json.WriteString("role", "assistant");
        json.WriteString("content", "");
        json.WriteEndObject();
        EndChunk(json, [], 0, finishReason: null);
    }

    /// <param name="offset">Characters of the answer before the piece.</param>
    public void Text(Utf8JsonWriter json, StreamPiece piece, int offset, ChunkUsage usage)
    {
        BeginChunk(json, piece.Choice, usage);
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

    public void Finish(Utf8JsonWriter json, StreamPiece rest, int offset, string? finishReason, ChunkUsage usage)
    {
        BeginChunk(json, rest.Choice, usage);
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
        json.WriteString("system_fingerprint", Fingerprint);
    }

    private void BeginChunk(Utf8JsonWriter json, int choice, ChunkUsage usage)
    {
        Begin(json, ChunkKind);
        if (usage.SoFar is var (prompt, completion))
        {
            json.WriteStartObject("usage");
            Counts(json, prompt, completion);
            json.WriteEndObject();
        }
        else if (usage.Follows)
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
        Counts(json, prompt, completion);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", results[0].ReusedPromptTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter json, int prompt, int completion)
    {
        json.WriteNumber("prompt_tokens", prompt);
        json.WriteNumber("completion_tokens", completion);
        json.WriteNumber("total_tokens", prompt + completion);
    }
}

/// <summary>What an event of a stream says about counts.</summary>
/// <param name="Follows">A last event has them; the others then have null in their place, as OpenAI's do.</param>
/// <param name="SoFar">Tokens of the prompt, and of all answers until here; null: not wanted.</param>
internal readonly record struct ChunkUsage(bool Follows, (int Prompt, int Completion)? SoFar);
