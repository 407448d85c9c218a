using System.CommandLine;
using ChaosBench.Harness.Calibrating;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench calibrate</c>: what this machine's load generator manages against a server that does nothing.</summary>
internal static class CalibrateCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = "Length of each of the six measurements", HelpName = "N", DefaultValueFactory = _ => 3,
            CustomParser = OptionValues.Whole(1, 60),
        };
        var json = new Option<bool>("--json") { Description = "The result as JSON on stdout" };
        var command = new Command("calibrate", "Measure this machine's load generator against a built-in server that does nothing; reports then quote it") { seconds, json, CalibrateGateCommand.Build(terminal, time) };
        command.SetAction(async (parsed, cancellation) =>
        {
            var calibrator = new Calibrator(
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), line => terminal.Error.WriteLine($"calibrate: {line}"), time);
            var found = await calibrator.RunAsync(cancellation).ConfigureAwait(false);
            CalibrationStore.Write(found);
            if (parsed.GetValue(json))
            {
                terminal.Out.Write(RunFiles.ToJson(found));
            }
            else
            {
                Show(terminal, found);
            }

            return ExitCodes.Pass;
        });
        return command;
    }

    private static void Show(Terminal terminal, Calibration found)
    {
        void Line(string name, string value) => terminal.Out.WriteLine($"{name,-34} {value}");
        Line("requests/s, 64 connections", Wording.Number(found.RequestsPerSecond));
        Line("token events/s, 16 streams", Wording.Number(found.TokenEventsPerSecond));
        Line("prompt bytes/s, 50k-token prompts", $"{Wording.Number(found.PromptBytesPerSecond / 1e6)} MB/s");
        foreach (var timer in found.Timer)
        {
            Line($"dispatch lag at {Wording.Number(timer.Rate)}/s, p50 p99", $"{Time(timer.P50)} {Time(timer.P99)}");
        }

        Line("machine: sleep too long, p50 p99", $"{Time(found.SleepErrorP50)} {Time(found.SleepErrorP99)}");
        Line("machine: one system call", Time(found.SystemCall));
        Line("kept in", CalibrationStore.Path);
    }

    private static string Time(double? seconds) => seconds is { } known ? Wording.Duration(known) : "-";
}
