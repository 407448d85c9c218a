using System.Text.Json;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>Reads single values; each begins on the token before the value and ends on the value's last.</summary>
internal static class JsonValues
{
    public static bool HasText(ref Utf8JsonReader reader)
    {
        reader.Read();
        var has = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;
        reader.Skip();
        return has;
    }

    /// <summary>Identifiers only: an error's code is put into reasons, and a hostile server chooses it.</summary>
    public static string? ReadWord(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > 64)
        {
            reader.Skip();
            return null;
        }

        var word = reader.GetString()!;
        return word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? word : null;
    }

    public static int? ReadCount(ref Utf8JsonReader reader)
    {
        reader.Read();
        var count = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value >= 0 ? value : (int?)null;
        reader.Skip();
        return count;
    }

    public static bool EnterObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(reader.TokenType is JsonTokenType.StartObject or JsonTokenType.Null, "an object is something else");
        return reader.TokenType == JsonTokenType.StartObject;
    }

    public static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    public static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    /// <exception cref="JsonException">It does not hold: the reply breaks the protocol.</exception>
    public static void Expect(bool condition, string problem)
    {
        if (!condition)
        {
            throw new JsonException(problem);
        }
    }
}
