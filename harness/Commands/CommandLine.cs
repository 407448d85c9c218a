using System.CommandLine;
using System.Runtime.InteropServices;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Stress;
using ChaosBench.Harness.Calibrating;
using ChaosBench.Harness.Completing;
using ChaosBench.Harness.Storing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Server.Workers;

namespace ChaosBench.Harness.Commands;

/// <summary>The verbs of <c>chaosbench</c>, and the one place where exceptions become exit codes.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, TimeProvider time)
    {
        if (arguments is [WorkerHost.Verb, .. var rest])
        {
            // Before the signal handlers and the parser: a worker has no user.
            return WorkerHost.Run(rest);
        }

        if (arguments is [NullServerProcess.Verb])
        {
            return await NullServerProcess.ServeAsync(Console.In, terminal.Out).ConfigureAwait(false);
        }

        if (arguments is [WatchdogHost.Verb, .. var watched])
        {
            return await WatchdogHost.RunAsync(watched, time).ConfigureAwait(false);
        }

        if (arguments is [StressHost.Verb, .. var order])
        {
            return StressHost.Run(order, time);
        }

        if (arguments is [Launcher.Verb, .. var command])
        {
            return Launcher.Run(command);
        }

        if (arguments is [Suggestions.Verb, var line])
        {
            return CompletionCommand.Complete(line, terminal, time);
        }

        var root = Build(terminal, time);
        var parsed = root.Parse(arguments);
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            // Ctrl-C and SIGTERM are ours: a run heals and writes its reports before it ends.
            ProcessTerminationTimeout = null,
        };
        if (parsed.Errors.Count > 0)
        {
            // The help that goes with a mistake is a message, not a result.
            configuration.Output = terminal.Error;
            await parsed.InvokeAsync(configuration).ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var ending = parsed.CommandResult.Command.Name switch
        {
            "serve" => "draining and stopping",
            "ui" => "closing the pages",
            "proxy" => "lifting all faults and stopping",
            "record" => "finishing the trace and stopping",
            "search" => "keeping the finds and stopping",
            _ => "stopping, healing and writing the reports",
        };
        using var cancellation = new CancellationTokenSource();
        using var interrupt = StopOn(PosixSignal.SIGINT, cancellation, terminal, ending);
        using var terminate = StopOn(PosixSignal.SIGTERM, cancellation, terminal, ending);
        return await InvokeAsync(parsed, configuration, terminal, cancellation.Token).ConfigureAwait(false);
    }

    internal static RootCommand Build(Terminal terminal, TimeProvider time) => new(
        "Chaos and load testing for model services: may this model version be promoted?")
    {
        RunCommand.Build(terminal, time),
        ValidateCommand.Build(terminal),
        PlanCommand.Build(terminal),
        CapacityCommand.Build(terminal, time),
        CalibrateCommand.Build(terminal, time),
        ImportCommand.Build(terminal, time),
        ReportCommand.Build(terminal, time),
        CompareCommand.Build(terminal),
        PromoteCommand.Build(terminal, time),
        PushCommand.Build(terminal),
        MergeCommand.Build(terminal, time),
        HistoryCommand.Build(terminal),
        UiCommand.Build(terminal, time),
        HdrCommand.Build(terminal),
        CleanCommand.Build(terminal, time),
        GoldenCommand.Build(terminal, time),
        InspectCommand.Build(terminal),
        SearchCommand.Build(terminal, time),
        ServeCommand.Build(terminal, time),
        ProxyCommand.Build(terminal, time),
        RecordCommand.Build(terminal, time),
        FaultsCommand.Build(terminal),
        AbortCommand.Build(terminal),
        NoteCommand.Build(terminal),
        HealCommand.Build(terminal, time),
        InitCommand.Build(terminal, time),
        CompletionCommand.Build(terminal),
        AttestCommand.Build(terminal),
        VerifyCommand.Build(terminal),
        SbomCommand.Build(terminal),
        SchemaCommand.Build(terminal),
        DoctorCommand.Build(terminal, time),
    };

    private static async Task<int> InvokeAsync(
        ParseResult parsed, InvocationConfiguration configuration, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return await parsed.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
        }
        catch (UsageException exception)
        {
            foreach (var line in exception.Lines)
            {
                await terminal.Error.WriteLineAsync(Printable.Line(line)).ConfigureAwait(false);
            }

            return ExitCodes.Usage;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Cancelled;
        }
        catch (Exception exception) when (exception is JournalException or LostOutputException or StoreException)
        {
            await terminal.Error.WriteLineAsync(Printable.Line(exception.Message)).ConfigureAwait(false);
            return ExitCodes.Error;
        }
        catch (Exception exception)
        {
            await terminal.Error.WriteLineAsync(Printable.Line($"chaosbench broke: {exception.Message}")).ConfigureAwait(false);
            foreach (var line in exception.ToString().ReplaceLineEndings("\n").Split('\n'))
            {
                await terminal.Error.WriteLineAsync(Printable.Line(line)).ConfigureAwait(false);
            }

            return ExitCodes.Error;
        }
    }

    /// <summary>The first signal stops the run in order; a second one of the same kind ends the process as usual.</summary>
    /// <param name="ending">What the command does when it is stopped, for the line that says so.</param>
    private static PosixSignalRegistration StopOn(
        PosixSignal signal, CancellationTokenSource cancellation, Terminal terminal, string ending) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            context.Cancel = true;
            // Over the live line, which has no end of its own.
            var clear = terminal.IsInteractive ? "\r\u001b[2K" : "";
            terminal.Error.WriteLine($"{clear}{signal}: {ending}. Once more ends at once.");
            cancellation.Cancel();
        });
}
