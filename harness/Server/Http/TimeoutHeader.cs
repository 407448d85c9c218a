using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>How long a caller will wait for an answer: <c>X-Request-Timeout-Ms</c>, whole milliseconds from 1 on.</summary>
internal static class TimeoutHeader
{
    public const string Name = "X-Request-Timeout-Ms";

    /// <summary>Null without the header. A wait beyond the server's own limit is no error: the limit holds.</summary>
    public static (TimeSpan? Timeout, ApiError? Error) Read(HttpRequest request)
    {
        var given = request.Headers[Name];
        if (given.Count == 0)
        {
            return (null, null);
        }

        return given.Count == 1 && uint.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out var wait) && wait > 0
            ? (TimeSpan.FromMilliseconds(wait), null)
            : (null, ApiError.Bad(null, $"The header {Name} must be one whole number of milliseconds, 1 or more."));
    }
}
