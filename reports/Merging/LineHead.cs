using System.Buffers.Text;
using System.Text.Json;

namespace ChaosBench.Reports.Merging;

/// <summary>The beginning of a journal line: all that a merge must know of most of them.</summary>
/// <param name="Kind">Its <c>t</c>.</param>
/// <param name="At">Nanoseconds.</param>
/// <param name="Arrival">Of a request. Null: another kind of line.</param>
internal readonly record struct LineHead(LineKind Kind, long At, int? Arrival)
{
    /// <summary>Null: this is no line of a journal.</summary>
    public static LineHead? Read(ReadOnlySpan<byte> line) => Quick(line) ?? General(line);

    /// <summary>The two kinds that there are as many of as requests, as ChaosBench writes them. Null: look closer.</summary>
    private static LineHead? Quick(ReadOnlySpan<byte> line)
    {
        var request = line.StartsWith("{\"t\":\"request\",\"at\":"u8);
        if (!request && !line.StartsWith("{\"t\":\"score\",\"at\":"u8))
        {
            return null;
        }

        var rest = line[(request ? "{\"t\":\"request\",\"at\":"u8.Length : "{\"t\":\"score\",\"at\":"u8.Length)..];
        if (!Number(rest, out var at, out var digits) || !rest[digits..].StartsWith(",\"arrival\":"u8))
        {
            return null;
        }

        return !Number(rest[(digits + ",\"arrival\":"u8.Length)..], out var arrival, out _) || arrival > int.MaxValue ? null
            : request ? new LineHead(LineKind.Request, at, (int)arrival) : new LineHead(LineKind.AboutRequest, at, null);
    }

    /// <summary>A whole number of at least 0 that a comma follows.</summary>
    private static bool Number(ReadOnlySpan<byte> text, out long value, out int digits) =>
        Utf8Parser.TryParse(text, out value, out digits) && value >= 0 && digits < text.Length && text[digits] == (byte)',';

    private static LineHead? General(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !Name(ref reader, "t"u8))
            {
                return null;
            }

            var kind = reader.ValueTextEquals("request"u8) ? LineKind.Request
                : reader.ValueTextEquals("run"u8) ? LineKind.Start
                : reader.ValueTextEquals("score"u8) || reader.ValueTextEquals("injection"u8) || reader.ValueTextEquals("hard-fail"u8) ? LineKind.AboutRequest
                : LineKind.Other;
            if (!Name(ref reader, "at"u8))
            {
                return null;
            }

            var at = reader.GetInt64();
            return new LineHead(kind, at, kind == LineKind.Request && Name(ref reader, "arrival"u8) ? reader.GetInt32() : null);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The next property has this name; its value is read.</summary>
    private static bool Name(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name) && reader.Read();
}

internal enum LineKind
{
    /// <summary>The first line.</summary>
    Start,

    /// <summary>How a request went.</summary>
    Request,

    /// <summary>One of those there may be as many of as requests; it needs no look inside.</summary>
    AboutRequest,

    Other,
}
