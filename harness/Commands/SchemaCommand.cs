using System.CommandLine;
using ChaosBench.Chaos;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Files;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench schema</c>: the JSON Schema of the scenario file, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("schema", "Print the JSON Schema of the scenario file\n\n  chaosbench schema > scenarios/schema.json");
        command.SetAction(_ =>
        {
            terminal.Out.WriteLine(SchemaWriter.Write(FaultCatalogue.All));
            return ExitCodes.Pass;
        });
        return command;
    }
}
