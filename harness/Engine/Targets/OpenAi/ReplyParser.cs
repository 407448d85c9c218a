using System.Text;
using System.Text.Json;
using static ChaosBench.Engine.Targets.OpenAi.JsonValues;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Reads one JSON object of the chat or completions API, an event of a stream or a whole reply, in one pass. Unknown fields are
/// skipped; known ones of a wrong type break the protocol. A role alone and an empty delta are no token.
/// </summary>
internal static class ReplyParser
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 64 };

    /// <summary>The usual ones, so that they are not made anew for each reply.</summary>
    private static readonly string[] FinishReasons = ["stop", "length", "tool_calls", "content_filter", "function_call"];

    /// <returns>True when the object held at least one token.</returns>
    /// <exception cref="JsonException">Not one JSON object, or not of this API.</exception>
    public static bool Read(ReadOnlySpan<byte> json, Reply reply)
    {
        if (reply.Pattern.TryRead(json, reply))
        {
            return true;
        }

        try
        {
            reply.Pattern.Begin();
            var reader = new Utf8JsonReader(json, Strict);
            var hasToken = ReadObject(ref reader, reply);

            // Reads on, so that anything behind the object is an error.
            reader.Read();
            reply.Pattern.End(json);
            return hasToken;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("text that is not Unicode");
        }
    }

    /// <summary>Type and code of an error body, for example <c>invalid_request_error/invalid_api_key</c>. Null when it has none.</summary>
    public static string? ErrorOf(ReadOnlySpan<byte> json)
    {
        try
        {
            var reply = new Reply();
            Read(json, reply);
            return reply.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool ReadObject(ref Utf8JsonReader reader, Reply reply)
    {
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "not a JSON object");
        var hasToken = false;
        var known = false;
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                known = true;
                hasToken |= ReadChoices(ref reader, reply);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                known = true;
                ReadUsage(ref reader, reply);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                known = true;
                ReadError(ref reader, reply);
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        Expect(known, "neither choices nor usage nor error");
        return hasToken;
    }

    private static bool ReadChoices(ref Utf8JsonReader reader, Reply reply)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return false;
        }

        Expect(reader.TokenType == JsonTokenType.StartArray, "choices is not an array");
        var hasToken = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader.TokenType == JsonTokenType.StartObject, "a choice is not an object");
            hasToken |= ReadChoice(ref reader, reply);
        }

        return hasToken;
    }

    private static bool ReadChoice(ref Utf8JsonReader reader, Reply reply)
    {
        var hasToken = false;
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                hasToken |= ReadMessage(ref reader, reply);
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                hasToken |= ReadText(ref reader, reply);
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reply.FinishReason = ReadFinishReason(ref reader) ?? reply.FinishReason;
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        return hasToken;
    }

    private static bool ReadMessage(ref Utf8JsonReader reader, Reply reply)
    {
        if (!EnterObject(ref reader))
        {
            return false;
        }

        var hasToken = false;
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("content"u8))
            {
                hasToken |= ReadText(ref reader, reply);
            }
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8) || reader.ValueTextEquals("refusal"u8))
            {
                hasToken |= ReadUnseen(ref reader, reply);
            }
            else if (reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8))
            {
                hasToken |= ReadCalls(ref reader, reply);
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        return hasToken;
    }

    /// <summary>A call's name or a piece of its arguments is a token wherever it lies in there.</summary>
    private static bool ReadCalls(ref Utf8JsonReader reader, Reply reply)
    {
        reader.Read();
        var hasToken = false;
        var depth = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return false;
        }

        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName
                && (reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("arguments"u8)))
            {
                hasToken |= ReadUnseen(ref reader, reply);
            }
        }

        return hasToken;
    }

    /// <summary>Generated, but no part of the answer's text.</summary>
    private static bool ReadUnseen(ref Utf8JsonReader reader, Reply reply)
    {
        if (reply.Events is not { } events)
        {
            return HasText(ref reader);
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return false;
        }

        var has = reader.ValueSpan.Length > 0;
        events.Append(has ? Encoding.UTF8.GetBytes(reader.GetString()!) : []);
        return has;
    }

    private static void ReadUsage(ref Utf8JsonReader reader, Reply reply)
    {
        if (!EnterObject(ref reader))
        {
            return;
        }

        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                reply.InputTokens = ReadCount(ref reader) ?? reply.InputTokens;
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                reply.OutputTokens = ReadCount(ref reader) ?? reply.OutputTokens;
            }
            else
            {
                SkipValue(ref reader);
            }
        }
    }

    private static void ReadError(ref Utf8JsonReader reader, Reply reply)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        reply.Error = "error";
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        string? type = null;
        string? code = null;
        while (Next(ref reader))
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = ReadWord(ref reader);
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                code = ReadWord(ref reader);
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        reply.Error = (type, code) switch
        {
            (null, null) => "error",
            ({ } only, null) => only,
            (null, { } only) => only,
            ({ } first, { } second) => $"{first}/{second}",
        };
    }

    /// <summary>Straight from the reply's bytes to the text's, so that a token costs no string.</summary>
    private static bool ReadText(ref Utf8JsonReader reader, Reply reply)
    {
        reader.Read();
        Expect(reader.TokenType is JsonTokenType.String or JsonTokenType.Null, "text that is neither a string nor null");
        var length = reader.ValueSpan.Length;
        if (reader.TokenType == JsonTokenType.Null || length == 0)
        {
            return false;
        }

        // Escapes only ever shrink.
        reply.Advance(reader.CopyString(reply.Room(length)));
        reply.Pattern.Saw((int)reader.TokenStartIndex + 1, reader.ValueIsEscaped ? -1 : length);
        return true;
    }

    private static string? ReadFinishReason(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var known in FinishReasons)
            {
                if (reader.ValueTextEquals(known))
                {
                    return known;
                }
            }
        }

        Expect(reader.TokenType is JsonTokenType.String or JsonTokenType.Null, "text that is neither a string nor null");
        return reader.GetString();
    }
}
