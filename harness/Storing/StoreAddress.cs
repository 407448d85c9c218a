using System.Text.RegularExpressions;
using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Dependencies.Postgres;
using Npgsql;

namespace ChaosBench.Harness.Storing;

/// <summary>
/// The PostgreSQL database that a team shares, as <c>--store</c> names it: a URL without a password, or an environment variable that
/// holds one, with a password or without.
/// </summary>
internal sealed partial class StoreAddress
{
    /// <summary>Bounds the wait for a server that does not answer at all.</summary>
    private const int ConnectSeconds = 5;

    private const int CommandSeconds = 60;

    private const string Form = "write postgres://USER@HOST:PORT/DATABASE, with the password in PGPASSWORD or ~/.pgpass, "
        + "or the name of an environment variable that holds the whole address";

    private readonly PostgresAddress _address;

    private StoreAddress(string shown, PostgresAddress address) => (Shown, _address) = (shown, address);

    /// <summary>As it was given, for a command that can be repeated; never a password.</summary>
    public string Shown { get; }

    /// <exception cref="UsageException">Neither; the message shows nothing of the address.</exception>
    public static StoreAddress Parse(string text, Func<string, string?> environment)
    {
        var isName = Variable().IsMatch(text);
        var url = isName ? environment(text) : text;
        if (string.IsNullOrEmpty(url))
        {
            throw new UsageException($"--store {Printable.Line(text, 64)}: this environment variable is not set; {Form}.");
        }

        try
        {
            var address = PostgresAddress.Parse(url);
            return isName || !address.HasPassword ? new StoreAddress(text, address) : throw new UsageException(
                "--store: a password on a command line is seen by everybody on the machine; set PGPASSWORD or ~/.pgpass, or put the whole address "
                    + "into an environment variable and give its name: --store CHAOSBENCH_STORE.");
        }
        catch (DependencyUnavailableException)
        {
            throw new UsageException($"--store{(isName ? " " + text : "")}: this is no address of a PostgreSQL database; {Form}.");
        }
    }

    public NpgsqlDataSource Connect()
    {
        var settings = _address.ToSettings();
        settings.Timeout = ConnectSeconds;
        settings.CommandTimeout = CommandSeconds;
        settings.MaxPoolSize = 2;
        settings.Enlist = false;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    public override string ToString() => Shown;

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Variable();
}
