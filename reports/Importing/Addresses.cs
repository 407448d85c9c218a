namespace ChaosBench.Reports.Importing;

/// <summary>Addresses and times as result files write them.</summary>
internal static class Addresses
{
    /// <summary>Without user-info, query and fragment, which may hold secrets.</summary>
    public static string? Plain(string? address)
    {
        if (address is null)
        {
            return null;
        }

        var whole = address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address;
        return Uri.TryCreate(whole, UriKind.Absolute, out var uri) ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : null;
    }

    /// <summary>Seconds from the first of January 1970. Null: not of this time.</summary>
    public static DateTimeOffset? Epoch(double seconds) => seconds is > 1e8 and < 1e11
        ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
}
