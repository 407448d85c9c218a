using System.CommandLine;
using System.Net;
using ChaosBench.Harness.Recording;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench record</c>: traffic between any client and one endpoint, as a trace that a scenario replays.</summary>
internal static class RecordCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = new RecordOptions();
        var command = new Command(
            "record",
            "Record the traffic between clients and one endpoint, for a scenario to replay\n\n  chaosbench record --upstream http://127.0.0.1:8080 --out traffic.jsonl --listen 127.0.0.1:9000\n  chaosbench record --upstream https://api.example --out sample.jsonl --sample 10% --for 1h --redact names.txt\n  chaosbench import auto traffic.jsonl\n\nClients ask 127.0.0.1:9000 instead of the endpoint. Keys and cookies pass and are not written. Ctrl-C ends the recording.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = options.Read(parsed);
            using var file = TraceFileWriter.Create(settings.Output, (settings.MaxRequests, settings.MaxBytes));
            var recorder = new TraceRecorder(settings, file);
            await RunAsync(settings, recorder, file, (terminal, time), cancellation).ConfigureAwait(false);
            return Finish(settings, recorder, file, terminal);
        });
        return command;
    }

    private static async Task RunAsync(
        RecordingOptions settings, TraceRecorder recorder, TraceFileWriter file, (Terminal Terminal, TimeProvider Time) around, CancellationToken cancellation)
    {
        var (terminal, time) = around;
        try
        {
            await using var front = await RecordingFront.StartAsync(settings, recorder, time).ConfigureAwait(false);
            terminal.Error.WriteLine(Printable.Line($"recording on {front.BaseAddress} in front of {settings.Upstream.GetLeftPart(UriPartial.Authority)} into {settings.Output}; Ctrl-C ends it"));
            if (!IPAddress.IsLoopback(settings.Listen.Address))
            {
                terminal.Error.WriteLine($"{settings.Listen.Address} is no loopback address: others on the network reach the upstream through this recorder, and what they ask is written");
            }

            await WaitAsync(settings, file, terminal, time, cancellation).ConfigureAwait(false);
        }
        catch (IOException problem)
        {
            file.Finish();
            throw new UsageException(problem.Message);
        }
    }

    /// <summary>Until it is enough; a recording that is full goes on passing requests.</summary>
    private static async Task WaitAsync(RecordingOptions settings, TraceFileWriter file, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var limit = settings.For is { } span ? new CancellationTokenSource(span, time) : new CancellationTokenSource();
        using var both = limit.Token.Register(over.Cancel);
        var told = false;
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await second.WaitForNextTickAsync(over.Token).ConfigureAwait(false))
            {
                if (!told && file.Full is { } why)
                {
                    told = true;
                    terminal.Error.WriteLine(Printable.Line($"nothing more is recorded: {why}; requests still pass"));
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // This is how a recording ends.
        }
    }

    private static int Finish(RecordingOptions settings, TraceRecorder recorder, TraceFileWriter file, Terminal terminal)
    {
        try
        {
            var preview = file.Finish();
            terminal.Error.WriteLine(recorder.Counts.Words());
            if (preview is null)
            {
                terminal.Error.WriteLine("nothing was recorded, and no file was written.");
                return ExitCodes.Error;
            }

            TracePreviewText.Write(settings.Output, preview, terminal.Out);
            return file.IsBroken ? ExitCodes.Error : ExitCodes.Pass;
        }
        catch (PromptException problem)
        {
            terminal.Error.WriteLine(Printable.Line(problem.Message));
            return ExitCodes.Error;
        }
    }
}
