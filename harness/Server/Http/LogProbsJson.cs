using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>The two forms of log probabilities: a list of objects for chat, parallel lists for completions.</summary>
internal static class LogProbsJson
{
    /// <param name="offset">Characters of the answer before the first token; completions say where each begins.</param>
    public static void Write(Utf8JsonWriter json, bool chat, IReadOnlyList<TokenLogProb> tokens, int offset)
    {
        if (tokens.Count == 0)
        {
            json.WriteNull("logprobs");
        }
        else if (chat)
        {
            json.WriteStartObject("logprobs");
            json.WriteStartArray("content");
            foreach (var token in tokens)
            {
                One(json, token, withTop: true);
            }

            json.WriteEndArray();
            json.WriteNull("refusal");
            json.WriteEndObject();
        }
        else
        {
            Lists(json, tokens, offset);
        }
    }

    private static void One(Utf8JsonWriter json, TokenLogProb token, bool withTop)
    {
        json.WriteStartObject();
        json.WriteString("token", token.ToText());
        json.WriteNumber("logprob", token.LogProb);
        json.WriteStartArray("bytes");
        foreach (var value in token.Bytes.Span)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        if (withTop)
        {
            json.WriteStartArray("top_logprobs");
            foreach (var other in token.Top)
            {
                One(json, other, withTop: false);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Lists(Utf8JsonWriter json, IReadOnlyList<TokenLogProb> tokens, int offset)
    {
        json.WriteStartObject("logprobs");
        json.WriteStartArray("tokens");
        foreach (var token in tokens)
        {
            json.WriteStringValue(token.ToText());
        }

        json.WriteEndArray();
        json.WriteStartArray("token_logprobs");
        foreach (var token in tokens)
        {
            json.WriteNumberValue(token.LogProb);
        }

        json.WriteEndArray();
        json.WriteStartArray("top_logprobs");
        foreach (var token in tokens)
        {
            // Names of an object must differ; two tokens may have the same text (halves of characters), then the likelier counts.
            json.WriteStartObject();
            foreach (var other in token.Top.DistinctBy(other => other.ToText(), StringComparer.Ordinal))
            {
                json.WriteNumber(other.ToText(), other.LogProb);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("text_offset");
        foreach (var token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += token.ToText().Length;
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
