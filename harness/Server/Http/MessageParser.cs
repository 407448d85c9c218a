using System.Text;
using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>The part of a request body that is asked: <c>messages</c> of a chat, <c>prompt</c> of a completion.</summary>
internal static class MessageParser
{
    private const int MostParts = 1_024;

    public static IReadOnlyList<ChatTurn> Messages(FieldReader fields)
    {
        if (fields.Any("messages") is null)
        {
            fields.Fail(ApiError.Bad("messages", "messages is missing; it must hold at least one message.", "missing_required_parameter"));
            return [];
        }

        if (fields.List("messages") is not { } list)
        {
            return [];
        }

        var turns = new List<ChatTurn>();
        foreach (var (at, message) in list.EnumerateArray().Take(RequestLimits.MostMessages + 1).Index())
        {
            if (Turn(message, $"messages[{at}]", fields) is not { } turn)
            {
                return [];
            }

            turns.Add(turn);
        }

        return turns;
    }

    /// <summary>One text, or an array of one text.</summary>
    public static string? Prompt(FieldReader fields)
    {
        switch (fields.Any("prompt"))
        {
            case null:
                fields.Fail(ApiError.Bad("prompt", "prompt is missing; it must be a string.", "missing_required_parameter"));
                return null;
            case { ValueKind: JsonValueKind.String } text:
                return JsonText.ValueOf(text);
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 1 && list[0].ValueKind == JsonValueKind.String:
                return JsonText.ValueOf(list[0]);
            case { ValueKind: JsonValueKind.Array }:
                fields.Fail(ApiError.Bad(
                    "prompt", "prompt must be a string or an array of one string; send one request per prompt.", "unsupported_value"));
                return null;
            case { } other:
                fields.FailType("prompt", "a string", other);
                return null;
        }
    }

    private static ChatTurn? Turn(JsonElement message, string place, FieldReader fields)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            fields.FailType(place, "an object", message);
            return null;
        }

        var parts = new FieldReader(message);
        var role = RoleOf(parts, place, fields);
        var content = role is null ? null : ContentOf(parts, role, $"{place}.content", fields);
        return content is null ? null : new ChatTurn(role!, content);
    }

    private static string? RoleOf(FieldReader message, string place, FieldReader fields)
    {
        switch (message.Text("role"))
        {
            case "developer":
                return "system";
            case ("system" or "user" or "assistant" or "tool" or "function") and { } known:
                return known;
            default:
                fields.Fail(message.Error is { } error
                    ? error with { Param = $"{place}.role", Message = $"{place}.{error.Message}" }
                    : ApiError.Bad($"{place}.role", $"{place}.role must be one of system, developer, user, assistant, tool."));
                return null;
        }
    }

    private static string? ContentOf(FieldReader message, string role, string place, FieldReader fields)
    {
        switch (message.Any("content"))
        {
            // An assistant's turn may consist of tool calls alone.
            case null when role == "assistant":
                return "";
            case null:
                fields.Fail(ApiError.Bad(place, $"{place} is missing; it must be a string.", "missing_required_parameter"));
                return null;
            case { ValueKind: JsonValueKind.String } text:
                return JsonText.ValueOf(text);
            case { ValueKind: JsonValueKind.Array } list:
                return Joined(list, place, fields);
            case { } other:
                fields.FailType(place, "a string or an array of text parts", other);
                return null;
        }
    }

    private static string? Joined(JsonElement list, string place, FieldReader fields)
    {
        if (list.GetArrayLength() > MostParts)
        {
            fields.Fail(ApiError.Bad(place, $"{place} has more than {MostParts} parts."));
            return null;
        }

        var text = new StringBuilder();
        foreach (var (at, part) in list.EnumerateArray().Index())
        {
            if (part.ValueKind != JsonValueKind.Object)
            {
                fields.FailType($"{place}[{at}]", "an object", part);
                return null;
            }

            var reader = new FieldReader(part);
            if (reader.Text("type") != "text" || reader.Text("text") is not { } piece)
            {
                fields.Fail(ApiError.Bad(
                    $"{place}[{at}].{(reader.Any("text") is null ? "type" : "text")}",
                    $"{place}[{at}] must be {{\"type\": \"text\", \"text\": \"...\"}}; this model reads text only.", "unsupported_value"));
                return null;
            }

            text.Append(piece);
        }

        return text.ToString();
    }
}
