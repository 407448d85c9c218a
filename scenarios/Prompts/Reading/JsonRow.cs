using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>One JSON value to one prompt. The shape is told by its keys; a named format allows only its own.</summary>
internal static class JsonRow
{
    public static RowResult Read(JsonElement row, RecordedFormat? format)
    {
        try
        {
            return row.ValueKind switch
            {
                JsonValueKind.String when format is null or RecordedFormat.StringArray => RowResult.Text(Text(row)),
                JsonValueKind.Object => ReadObject(row, format),
                _ => new RowResult.Unreadable("neither a JSON object nor a text"),
            };
        }
        catch (InvalidOperationException)
        {
            return new RowResult.Unreadable("a text in it is not valid UTF-8, or not a text at all");
        }
    }

    /// <summary>A text with lone surrogates kept. Throws <see cref="InvalidOperationException"/> for other kinds and invalid UTF-8.</summary>
    public static string Text(JsonElement element)
    {
        try
        {
            return element.GetString() ?? throw new InvalidOperationException("null is not a text");
        }
        catch (InvalidOperationException) when (element.ValueKind == JsonValueKind.String)
        {
            return JsonText.ReadString(element.GetRawText()) ?? throw new InvalidOperationException("broken escape");
        }
    }

    /// <summary>Text, number or boolean as text; null for anything else.</summary>
    public static string? Scalar(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Text(element),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => null,
    };

    private static RowResult ReadObject(JsonElement row, RecordedFormat? format) => format switch
    {
        RecordedFormat.Messages => FromMessages(row, row),
        RecordedFormat.OpenAiBatch => FromBatch(row),
        RecordedFormat.ShareGpt => FromConversation(row),
        null when Has(row, "body", JsonValueKind.Object) => FromBatch(row),
        null when Has(row, "conversations", JsonValueKind.Array) => FromConversation(row),
        null when Has(row, "messages", JsonValueKind.Array) => FromMessages(row, row),
        null or RecordedFormat.PromptLines => FromPrompt(row),
        _ => new RowResult.Unreadable("a JSON object where a text was expected"),
    };

    private static RowResult FromPrompt(JsonElement row)
    {
        if (row.TryGetProperty("prompt", out var prompt) || row.TryGetProperty("text", out prompt) || row.TryGetProperty("input", out prompt))
        {
            return Make(row, [User(Text(prompt))]);
        }

        if (row.TryGetProperty("question", out var question))
        {
            // The context of a retrieval prompt stands before its question.
            var before = row.TryGetProperty("context", out var context) ? Text(context) + "\n\n" : "";
            return Make(row, [User(before + Text(question))]);
        }

        if (Has(row, "turns", JsonValueKind.Array) && row.GetProperty("turns").GetArrayLength() > 0)
        {
            return Make(row, [User(Text(row.GetProperty("turns")[0]))]);
        }

        if (row.TryGetProperty("user_input", out var input))
        {
            return Make(row, row.TryGetProperty("test_case_prompt", out var system)
                ? [new ChatMessage("system", Text(system)), User(Text(input))]
                : [User(Text(input))]);
        }

        return new RowResult.Unreadable("none of prompt, messages, body, conversations, question, turns, text, input, user_input");
    }

    private static RowResult FromBatch(JsonElement row)
    {
        if (!Has(row, "body", JsonValueKind.Object))
        {
            return new RowResult.Unreadable("no body: an OpenAI batch line has custom_id, method, url, body");
        }

        var body = row.GetProperty("body");
        return Has(body, "messages", JsonValueKind.Array) ? FromMessages(row, body)
            : Has(body, "prompt", JsonValueKind.String) ? Make(row, [User(Text(body.GetProperty("prompt")))])
            : new RowResult.Unreadable("the body has neither messages nor a prompt text");
    }

    private static RowResult FromMessages(JsonElement row, JsonElement holder) =>
        !Has(holder, "messages", JsonValueKind.Array) ? new RowResult.Unreadable("no messages")
        : Chat(holder.GetProperty("messages")) is { } messages ? UpToAnswer(row, messages)
        : new RowResult.Unreadable("a message that is not text from system, user or assistant");

    /// <summary>OpenAI chat messages, answers among them; null when one is not text alone.</summary>
    public static List<ChatMessage>? Chat(JsonElement list)
    {
        var messages = new List<ChatMessage>();
        foreach (var message in list.EnumerateArray())
        {
            var role = Has(message, "role", JsonValueKind.String) ? Text(message.GetProperty("role")) : "";
            var content = message.ValueKind == JsonValueKind.Object && (message.TryGetProperty("content", out var value)
                || message.TryGetProperty("parts", out value)) ? Content(value) : null;
            if (content is null || Role(role) is not { } known)
            {
                return null;
            }

            messages.Add(new ChatMessage(known, content));
        }

        return messages;
    }

    private static RowResult FromConversation(JsonElement row) =>
        !Has(row, "conversations", JsonValueKind.Array) ? new RowResult.Unreadable("no conversations")
        : Conversation(row.GetProperty("conversations"), toFirstAnswer: true) is { } messages ? UpToAnswer(row, messages)
        : new RowResult.Unreadable("a turn that is not {from: human, gpt or system, value}");

    /// <summary>ShareGPT turns, also with role and content; null when one is of another shape.</summary>
    public static List<ChatMessage>? Conversation(JsonElement list, bool toFirstAnswer)
    {
        var messages = new List<ChatMessage>();
        foreach (var turn in list.EnumerateArray())
        {
            var role = Has(turn, "from", JsonValueKind.String) || Has(turn, "role", JsonValueKind.String)
                ? Text(turn.TryGetProperty("from", out var from) ? from : turn.GetProperty("role"))
                : null;
            var isAnswer = role is "gpt" or "assistant" or "chatgpt" or "bard" or "bing" or "model";
            if (isAnswer && toFirstAnswer)
            {
                break;
            }

            if ((isAnswer ? "assistant" : Role(role)) is not { } known
                || !(turn.TryGetProperty("value", out var value) || turn.TryGetProperty("content", out value)))
            {
                return null;
            }

            messages.Add(new ChatMessage(known, Text(value)));
        }

        return messages;
    }

    /// <summary>A recorded answer at the end is what the model is to give, not part of what it is asked.</summary>
    private static RowResult UpToAnswer(JsonElement row, List<ChatMessage> messages)
    {
        while (messages.Count > 0 && messages[^1].Role == "assistant")
        {
            messages.RemoveAt(messages.Count - 1);
        }

        return messages.Count == 0 ? new RowResult.Unreadable("no message before the first answer") : Make(row, messages);
    }

    private static RowResult Make(JsonElement row, IReadOnlyList<ChatMessage> messages)
    {
        string? Named(string key) => row.TryGetProperty(key, out var value) ? Scalar(value) : null;
        var id = Named("id") ?? Named("custom_id") ?? Named("question_id") ?? Named("task_id") ?? Named("prompt_id") ?? Named("message_id");
        var expected = row.TryGetProperty("expected", out var known) && known.ValueKind != JsonValueKind.Null
            ? Scalar(known) ?? known.GetRawText()
            : null;
        var tags = row.TryGetProperty("tags", out var given) ? PromptTags.Read(given) : PromptTags.None;
        tags = tags.With(
            ("category", Named("category") ?? tags.GetValueOrDefault("category")),
            ("lang", Named("lang") ?? Named("speaking_language") ?? tags.GetValueOrDefault("lang")),
            ("attack", Named("injection_variant") ?? tags.GetValueOrDefault("attack")));
        return RowAssertions.Of(row) is { } assertions
            ? new RowResult.Read(id, messages, expected, tags) { Assertions = assertions }
            : new RowResult.Unreadable(RowAssertions.Wrong);
    }

    private static ChatMessage User(string content) => new("user", content);

    private static string? Role(string? role) => role switch
    {
        "system" or "developer" => "system",
        "user" or "human" => "user",
        "assistant" => "assistant",
        _ => null,
    };

    /// <summary>A text, or OpenAI's list of parts when all of them are text.</summary>
    private static string? Content(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Array)
        {
            return content.ValueKind == JsonValueKind.String ? Text(content) : null;
        }

        var parts = content.EnumerateArray().ToList();
        return parts.All(part => Has(part, "text", JsonValueKind.String) || Has(part, "content", JsonValueKind.String))
            ? string.Concat(parts.Select(part => Text(part.TryGetProperty("text", out var text) ? text : part.GetProperty("content"))))
            : null;
    }

    private static bool Has(JsonElement element, string key, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == kind;
}
