using System.CommandLine;
using ChaosBench.Harness.Baselines;
using ChaosBench.Harness.Storing;

namespace ChaosBench.Harness.Commands;

/// <summary>The database that a team shares.</summary>
internal sealed class StoreOptions
{
    public const string OptionName = "--store";

    private readonly Option<string?> _store;

    public StoreOptions(string description, bool required = false) => _store = new Option<string?>(OptionName)
    {
        Description = $"{description}: a PostgreSQL database. The password comes from PGPASSWORD or ~/.pgpass, "
            + "or the whole address from an environment variable whose name is given here",
        HelpName = "postgres://USER@HOST/DATABASE|NAME",
        Required = required,
    };

    public void AddTo(Command command) => command.Options.Add(_store);

    /// <returns>Null: not given.</returns>
    /// <exception cref="UsageException">It is no address, or shows a password.</exception>
    public StoreAddress? Read(ParseResult parsed) =>
        parsed.GetValue(_store) is { } text ? StoreAddress.Parse(text, Environment.GetEnvironmentVariable) : null;

    /// <summary>The names of the store, or of a folder where none is given.</summary>
    public IBaselines Baselines(ParseResult parsed, string runs) =>
        Read(parsed) is { } address ? new StoreBaselines(new RunStore(address)) : new FolderBaselines(runs);
}
