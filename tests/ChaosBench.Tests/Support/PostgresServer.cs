using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ChaosBench.Tests.Support;

/// <summary>
/// A real PostgreSQL on a free port of loopback, with its data in a temporary folder, run by a user that is not root. Started on
/// first use; without the program the tests that ask for it skip with the reason.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string User = "store";
    public const string Password = "p@ss/w:rd";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"chaosbench-pg-{Environment.ProcessId}-{Path.GetRandomFileName()}");
    private readonly int _port = FreePort();
    private string? _programs;
    private string? _missing;
    private int _databases;
    private bool _running;

    public Task InitializeAsync()
    {
        _programs = OperatingSystem.IsLinux() ? Programs() : null;
        if (_programs is null)
        {
            _missing = "no PostgreSQL server on this machine: install the package postgresql";
            return Task.CompletedTask;
        }

        try
        {
            Make();
            Start();
        }
        catch (InvalidOperationException problem)
        {
            _missing = $"PostgreSQL does not start here: {problem.Message}";
        }

        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        if (_running)
        {
            Stop();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    /// <summary>The URL of a new and empty database, or the test is skipped.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        Skip.If(_missing is not null, _missing);
        var name = FormattableString.Invariant($"db{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(UrlOf("postgres"), $"CREATE DATABASE {name}");
        return UrlOf(name);
    }

    public string UrlOf(string database, string password = Password) => FormattableString.Invariant(
        $"postgres://{User}:{Uri.EscapeDataString(password)}@127.0.0.1:{_port}/{database}");

    public static async Task ExecuteAsync(string url, string sql, params (string Name, object Value)[] values)
    {
        var place = new Uri(url);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = place.Host, Port = place.Port, Database = place.AbsolutePath[1..], Username = User, Password = Password, Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }

    public void Start()
    {
        PgCtl("start", "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "-o", string.Create(
            CultureInfo.InvariantCulture,
            $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=40"));
        _running = true;
    }

    /// <summary>As a crash would: sessions are cut in the middle of what they do.</summary>
    public void Stop()
    {
        PgCtl("stop", "-m", "immediate", "-w");
        _running = false;
    }

    private void PgCtl(string verb, params string[] more) =>
        Run([Path.Combine(_programs!, "pg_ctl"), verb, "-D", Path.Combine(_folder, "data"), .. more]);

    private void Make()
    {
        Directory.CreateDirectory(_folder);
        var password = Path.Combine(_folder, "password");
        File.WriteAllText(password, Password);
        if (Environment.IsPrivilegedProcess)
        {
            Call("chown", "-R", "postgres", _folder);
        }

        Run([
            Path.Combine(_programs!, "initdb"), "-D", Path.Combine(_folder, "data"), "-U", User, "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C", "-N", "--pwfile", password,
        ]);
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static void Run(string[] words)
    {
        string[] all = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. words] : words;
        Call(all[0], all[1..]);
    }

    private static void Call(string program, params string[] arguments)
    {
        // Its output is not read through a pipe: the server inherits it and would hold it open.
        string[] words = ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments];
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", words) { WorkingDirectory = Path.GetTempPath() })!;
        if (!process.WaitForExit(Eventually.Patience) || process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(program)} {arguments.FirstOrDefault()} does not succeed");
        }
    }

    private static string? Programs() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(Directory.Exists("/usr/lib/postgresql")
                ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
                : [])
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>One server for all tests of this collection, which run one after the other: some stop it.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}
