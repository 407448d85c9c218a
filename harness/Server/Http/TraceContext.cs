using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// W3C trace context of a request. The server makes no spans of its own; it repeats a context that is in order as <c>traceresponse</c>, so
/// that a caller sees that it arrived.
/// </summary>
internal static class TraceContext
{
    public const string ReplyHeader = "traceresponse";
    private const string Header = "traceparent";

    /// <summary><c>00-{trace, 32}-{span, 16}-{flags, 2}</c> in lower-case hex; ids of nothing but zeros are none.</summary>
    /// <returns>Null: there is none, or not one that can be passed on.</returns>
    public static string? Of(HttpRequest request) =>
        request.Headers.TryGetValue(Header, out var values) && values is [{ Length: 55 } value] && IsSound(value) ? value : null;

    internal static bool IsSound(string value) => value.Length == 55 && value.StartsWith("00-", StringComparison.Ordinal) && value[35] == '-' && value[52] == '-'
        && IsHex(value.AsSpan(3, 32)) && IsHex(value.AsSpan(36, 16)) && IsHex(value.AsSpan(53, 2))
        && value.AsSpan(3, 32).ContainsAnyExcept('0') && value.AsSpan(36, 16).ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (letter is not (>= '0' and <= '9' or >= 'a' and <= 'f'))
            {
                return false;
            }
        }

        return true;
    }
}
