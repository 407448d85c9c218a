using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>Checks URLs as far as they are known, and shows them without their secret parts.</summary>
internal static partial class Urls
{
    private const string Remedy = "write http://HOST:PORT/v1 or https://HOST/v1";

    /// <summary>
    /// A URL with <c>${NAME}</c> is checked once it is resolved. The text is never shown: it may hold a password.
    /// </summary>
    public static Flaw? Check(Templated url) => Template.Contains(url.Template) ? null : Check(url.Template);

    public static Flaw? Check(string url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? new Flaw("this is not a URL", Remedy)
        : parsed.Scheme is not ("http" or "https") ? new Flaw($"the scheme {Shown.Quoted(parsed.Scheme)} is not HTTP", Remedy)
        : parsed.Host.Length == 0 ? new Flaw("the URL has no host", Remedy)
        : null;

    /// <summary>Without user-info, query and fragment; works on templates as well.</summary>
    public static string Public(string url) => QueryAndFragment().Replace(UserInfo().Replace(url, "${scheme}"), "");

    [GeneratedRegex(@"\A(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"[?#].*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex QueryAndFragment();
}
