using System.CommandLine;
using ChaosBench.Harness.Ui;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench ui DIR</c>: the runs of a folder in a browser, and models to try by hand.</summary>
internal static class UiCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "Folder of run folders, for example runs" };
        var port = new Option<int>("--port")
        {
            Description = "Port on 127.0.0.1; 0 takes any free one (default)", HelpName = "N", CustomParser = OptionValues.Whole(0, 65_535),
        };
        var file = new Option<string?>("--try")
        {
            Description = "Load the models of this scenario file's first scenario (or of the one that --scenario names) and ask them by hand", HelpName = "FILE",
        };
        var options = new ScenarioOptions();
        var command = new Command(
            "ui",
            "Show the runs of a folder in a browser, on 127.0.0.1\n\n  chaosbench ui runs\n  chaosbench ui runs --port 8090 --try scenarios/ab.yaml\n\nThe address that it prints holds a token and is meant for you alone. Ctrl-C closes the pages.")
        {
            folder, port, file,
        };
        options.AddOptionsTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var where = parsed.GetValue(folder)!;
            if (!where.Exists)
            {
                throw new UsageException($"{where}: there is no such folder; name one that holds run folders, for example runs.");
            }

            await using var models = parsed.GetValue(file) is { } path ? await LoadAsync(options, parsed, path, terminal, time, cancellation).ConfigureAwait(false) : null;
            using var desk = models is null ? null : new TryDesk(models, time);
            await using var server = await UiServer.StartAsync(
                new UiParts(new RunShelf(where.FullName, time) { Name = where.ToString() }, null, desk, time), parsed.GetValue(port)).ConfigureAwait(false);
            terminal.Error.WriteLine($"pages: {server.Address}");
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Pass;
        });
        return command;
    }

    private static async Task<TryModels> LoadAsync(
        ScenarioOptions options, ParseResult parsed, string file, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        var loaded = ScenarioLoading.Load(options, parsed, file);
        terminal.Error.WriteLine($"loading the models of {Printable.Line(loaded.Suite.Scenarios[0].Name, 60)}");
        return await TryModels.OpenAsync(loaded, time, cancellation).ConfigureAwait(false);
    }
}
