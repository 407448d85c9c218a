using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using ChaosBench.Harness.Doctor;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench doctor</c>: what this machine can do, and what to do about what it cannot.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var json = new Option<bool>("--json") { Description = "Machine-readable, on stdout" };
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder for run folders, whose disk is looked at", DefaultValueFactory = _ => new DirectoryInfo("runs"), HelpName = "DIR",
        };
        var command = new Command("doctor",
            "Check what this machine can do: cores and their quota, memory, files, disk, ports, clock, ONNX Runtime, GPU\n\n  chaosbench doctor\n  chaosbench doctor --json\n\n"
            + "Exit code: 0 nothing is missing (limited and unknown are told), 3 something is")
        {
            json, output,
        };
        command.SetAction(parsed =>
        {
            var checks = Examine(parsed.GetValue(output)!.ToString(), time);
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(checks, Json));
            }
            else
            {
                foreach (var check in checks)
                {
                    terminal.Out.WriteLine(Printable.Line($"{check.State,-7} {check.Name,-14} {check.Found}{(check.Remedy is null ? "" : "; " + check.Remedy)}"));
                }
            }

            return checks.Any(check => check.State == "missing") ? ExitCodes.Error : ExitCodes.Pass;
        });
        return command;
    }

    private static List<Check> Examine(string runs, TimeProvider time) =>
    [
        Check.Ok("chaosbench", ToolVersion.Text),
        Check.Ok("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}"),
        .. CoreChecks.All(runs), .. PortChecks.All(), .. ClockChecks.All(time), .. PartChecks.All(),
    ];
}
