using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>Checks URLs as far as they are known, and shows them without their secret parts.</summary>
internal static partial class Urls
{
    private const int PostgresPort = 5432;
    private const string StoreRemedy = "write postgres://USER@HOST:PORT/DATABASE, or the variable that holds it: \"${STORE_URL}\"";
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

    /// <summary>A database's URL. One that names a password in the file itself is refused.</summary>
    public static Flaw? CheckStore(Templated url) => Template.Contains(url.Template)
        ? WrittenPassword().IsMatch(url.Template) ? PasswordInFile : null
        : CheckStore(url.Template) ?? (WrittenPassword().IsMatch(url.Template) ? PasswordInFile : null);

    public static Flaw? CheckStore(string url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("postgres" or "postgresql")
            ? new Flaw("this is not the URL of a PostgreSQL database", StoreRemedy)
        : parsed.Host.Length == 0 || parsed.AbsolutePath.Length < 2 || parsed.UserInfo.Length == 0
            ? new Flaw("the URL lacks a user, a host or a database", StoreRemedy)
        : null;

    /// <summary>The host that a URL reaches out to, with the port that its scheme implies.</summary>
    public static Uri Endpoint(string url)
    {
        var parsed = new Uri(url);
        return parsed.Port >= 0 ? parsed : new UriBuilder(parsed) { Port = PostgresPort }.Uri;
    }

    /// <summary>Without user-info, query and fragment; works on templates as well.</summary>
    public static string Public(string url) => QueryAndFragment().Replace(UserInfo().Replace(url, "${scheme}"), "");

    [GeneratedRegex(@"\A(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    private static Flaw PasswordInFile { get; } = new(
        "a password written into the file", "name an environment variable, \"${STORE_URL}\", and allow it with --allow-env STORE_URL");

    /// <summary>A colon in the user-info with something other than one variable behind it.</summary>
    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#@]*:(?!\$\{[A-Za-z0-9_]+\}@)[^/?#]*@",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex WrittenPassword();

    [GeneratedRegex(@"[?#].*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex QueryAndFragment();
}
