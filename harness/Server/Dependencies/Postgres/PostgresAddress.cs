using Npgsql;

namespace ChaosBench.Server.Dependencies.Postgres;

/// <summary>
/// <c>postgres://USER:PASSWORD@HOST[:PORT]/DATABASE[?sslmode=...]</c>. Holds a password: its text form says nothing of it, and
/// neither do its problems.
/// </summary>
public sealed class PostgresAddress
{
    private const int UsualPort = 5432;
    private const string Form = "write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for an @ in a password";

    private readonly Uri _url;
    private readonly SslMode? _tls;

    private PostgresAddress(Uri url, SslMode? tls)
    {
        _url = url;
        _tls = tls;
    }

    /// <exception cref="DependencyUnavailableException">Not of this form; the message does not show the text.</exception>
    public static PostgresAddress Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("postgres" or "postgresql"))
        {
            throw Wrong("the address is not a PostgreSQL URL");
        }

        if (parsed.Host.Length == 0 || parsed.AbsolutePath.Trim('/') is not { Length: > 0 } database || database.Contains('/'))
        {
            throw Wrong("the address names no host or not exactly one database");
        }

        return parsed.UserInfo.Length == 0 || parsed.UserInfo[0] == ':'
            ? throw Wrong("the address names no user")
            : new PostgresAddress(parsed, TlsOf(parsed.Query));
    }

    public override string ToString() => "PostgreSQL";

    /// <summary>Whether the URL itself holds a password.</summary>
    public bool HasPassword => _url.UserInfo.Contains(':', StringComparison.Ordinal);

    /// <summary>Without a password it is what PGPASSWORD or the password file says.</summary>
    public NpgsqlConnectionStringBuilder ToSettings()
    {
        var user = _url.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = _url.DnsSafeHost,
            Port = _url.Port < 0 ? UsualPort : _url.Port,
            Database = Uri.UnescapeDataString(_url.AbsolutePath.Trim('/')),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            ApplicationName = "chaosbench",
        };
        if (_tls is { } tls)
        {
            settings.SslMode = tls;
        }

        return settings;
    }

    private static SslMode? TlsOf(string query) => query switch
    {
        "" or "?" => null,
        "?sslmode=disable" => SslMode.Disable,
        "?sslmode=prefer" => SslMode.Prefer,
        "?sslmode=require" => SslMode.Require,
        "?sslmode=verify-ca" => SslMode.VerifyCA,
        "?sslmode=verify-full" => SslMode.VerifyFull,
        _ => throw Wrong("the address has options other than sslmode=disable, prefer, require, verify-ca or verify-full"),
    };

    private static DependencyUnavailableException Wrong(string problem) => new(ContextStoreOptions.Name, $"{problem}; {Form}");
}
