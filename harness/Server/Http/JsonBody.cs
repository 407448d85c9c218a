using System.Text.Json;
using System.Text.Unicode;

namespace ChaosBench.Server.Http;

/// <summary>A body as a JSON object, byte for byte as it came; everything else is refused with the place of the mistake.</summary>
internal static class JsonBody
{
    private const int Deepest = 32;

    /// <summary>Reads the object while its document lives. Never throws for what a body holds.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> body, Func<FieldReader, T> read, Func<ApiError, T> refuse)
    {
        if (!Utf8.IsValid(body.Span))
        {
            return refuse(ApiError.Bad(null, "The body is not valid UTF-8.", "invalid_utf8"));
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Deepest });
        }
        catch (JsonException problem)
        {
            return refuse(ApiError.Bad(null, Describe(problem), "invalid_json"));
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(new FieldReader(document.RootElement))
                : refuse(ApiError.Bad(
                    null, $"The body must be a JSON object, not {FieldReader.Describe(document.RootElement)}.", "invalid_type"));
        }
    }

    /// <summary>The place, not the parser's words: those quote the body.</summary>
    private static string Describe(JsonException problem) => FormattableString.Invariant(
        $"The body is not valid JSON: line {problem.LineNumber + 1 ?? 1}, byte {problem.BytePositionInLine + 1 ?? 1}. ")
        + FormattableString.Invariant($"Objects and arrays may nest {Deepest} deep.");
}
