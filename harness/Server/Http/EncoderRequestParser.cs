using System.Text.Json;
using ChaosBench.Server.Embeddings;

namespace ChaosBench.Server.Http;

/// <summary>A request to an encoder that was understood.</summary>
/// <param name="Base64">The vectors are wanted as base64 of little-endian 32-bit floats instead of as numbers.</param>
internal sealed record EncoderRequest(IReadOnlyList<EncoderInput> Inputs, bool Base64)
{
    /// <summary>As written; null when absent.</summary>
    public string? Model { get; init; }

    /// <summary>Whom the request is made for; null when absent.</summary>
    public string? User { get; init; }

    /// <summary>Numbers that a vector is wanted to have; null when absent.</summary>
    public long? Dimensions { get; init; }

    /// <param name="width">Dimensions of the model's vectors.</param>
    public ApiError? Check(int width) => Dimensions is { } dimensions && dimensions != width
        // A cut vector of a model that was not trained for cutting is a worse vector, and nobody would see it.
        ? ApiError.Bad("dimensions", $"dimensions is {dimensions}; this model's vectors have {width}: leave it out.", "unsupported_value")
        : null;
}

/// <summary>Either the request or what is wrong with it.</summary>
internal sealed record EncoderParseResult(EncoderRequest? Request, ApiError? Error);

/// <summary>
/// The body of <c>/v1/embeddings</c> and <c>/v1/classify</c>. Pure. Unknown fields are tolerated, known ones are checked. A string
/// is one input and an array of integers one input of tokens; an array of either is a batch.
/// </summary>
internal static class EncoderRequestParser
{
    private const string InputForms = "a string, an array of strings, an array of tokens or an array of arrays of tokens";

    public static EncoderParseResult Parse(ReadOnlyMemory<byte> body) =>
        JsonBody.Read(body, Read, error => new EncoderParseResult(null, error));

    private static EncoderParseResult Read(FieldReader fields)
    {
        var request = new EncoderRequest(Inputs(fields), IsBase64(fields))
        {
            Model = fields.Text("model"), User = fields.TextIfAny("user"), Dimensions = fields.Whole("dimensions"),
        };
        return fields.Error is { } error ? new(null, error) : new(request, null);
    }

    private static bool IsBase64(FieldReader fields)
    {
        switch (fields.Text("encoding_format"))
        {
            case null or "float":
                return false;
            case "base64":
                return true;
            default:
                fields.Fail(ApiError.Bad("encoding_format", "encoding_format must be \"float\" or \"base64\"."));
                return false;
        }
    }

    private static List<EncoderInput> Inputs(FieldReader fields)
    {
        switch (fields.Any("input"))
        {
            case null:
                fields.Fail(ApiError.Bad("input", $"input is missing; it must be {InputForms}.", "missing_required_parameter"));
                return [];
            case { ValueKind: JsonValueKind.String } text:
                return Text(text, "input", fields) is { } one ? [one] : [];
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 0:
                fields.Fail(ApiError.Bad("input", $"input is empty; it must be {InputForms}."));
                return [];
            case { ValueKind: JsonValueKind.Array } list when list[0].ValueKind == JsonValueKind.Number:
                return Tokens(list, "input", fields) is { } tokens ? [tokens] : [];
            case { ValueKind: JsonValueKind.Array } list:
                return Batch(list, fields);
            case { } other:
                fields.FailType("input", InputForms, other);
                return [];
        }
    }

    private static List<EncoderInput> Batch(JsonElement list, FieldReader fields)
    {
        var inputs = new List<EncoderInput>();
        if (list.GetArrayLength() is var count && count > TextEncoder.MostInputs)
        {
            fields.Fail(ApiError.Bad("input", $"input holds {count} inputs; at most {TextEncoder.MostInputs} are accepted."));
            return inputs;
        }

        var kind = list[0].ValueKind;
        foreach (var (at, item) in list.EnumerateArray().Index())
        {
            var place = $"input[{at}]";
            if (item.ValueKind != kind || kind is not (JsonValueKind.String or JsonValueKind.Array))
            {
                fields.FailType(place, at == 0 ? "a string or an array of tokens" : "of the same kind as input[0]", item);
                return inputs;
            }

            if ((kind == JsonValueKind.String ? Text(item, place, fields) : Tokens(item, place, fields)) is not { } input)
            {
                return inputs;
            }

            inputs.Add(input);
        }

        return inputs;
    }

    private static EncoderInput? Text(JsonElement item, string place, FieldReader fields)
    {
        var text = JsonText.ValueOf(item);
        if (text.Length == 0)
        {
            fields.Fail(ApiError.Bad(place, $"{place} is empty; at least one character is needed."));
            return null;
        }

        return EncoderInput.Of(text);
    }

    private static EncoderInput? Tokens(JsonElement list, string place, FieldReader fields)
    {
        if (list.GetArrayLength() is var count && count is 0 or > TextEncoder.MostTokens)
        {
            fields.Fail(ApiError.Bad(place, $"{place} holds {count} tokens; it must hold 1 to {TextEncoder.MostTokens:N0}."));
            return null;
        }

        var tokens = new int[count];
        foreach (var (at, item) in list.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out tokens[at]))
            {
                fields.FailType($"{place}[{at}]", "a token, an integer of at most 32 bits", item);
                return null;
            }
        }

        return EncoderInput.Of(tokens);
    }
}
