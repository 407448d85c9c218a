using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosBench.Chaos;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench faults list|describe ID</c>: the catalogue.</summary>
internal static class FaultsCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static Command Build(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Machine-readable, on stdout" };
        var list = new Command("list", "Every fault with its vantage, scope and fidelity") { json };
        list.SetAction(parsed => List(terminal, parsed.GetValue(json)));

        var id = new Argument<string>("ID") { Description = "For example node.kill" };
        var describe = new Command("describe", "One fault: parameters, well-behaved response, an example to paste") { id, json };
        describe.SetAction(parsed => Describe(terminal, parsed.GetValue(id)!, parsed.GetValue(json)));

        return new Command("faults", "What can go wrong: list the faults, describe one") { list, describe };
    }

    private static int List(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(FaultCatalogue.All.Select(Row), Json));
            return ExitCodes.Pass;
        }

        var width = FaultCatalogue.All.Max(kind => kind.Name.Length);
        foreach (var kind in FaultCatalogue.All)
        {
            terminal.Out.WriteLine($"{kind.Name.PadRight(width)}  {Lower(kind.Vantage),-7} {Lower(kind.Scope),-8} {Lower(kind.Fidelity),-9}  {kind.Summary}");
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine("Presets (preset: NAME in place of fault:)");
        foreach (var preset in FaultPresets.All)
        {
            terminal.Out.WriteLine($"{preset.Name.PadRight(width)}  {preset.Summary}");
        }

        return ExitCodes.Pass;
    }

    private static int Describe(Terminal terminal, FaultPreset preset, bool json)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(preset, Json));
            return ExitCodes.Pass;
        }

        terminal.Out.WriteLine(preset.Name);
        terminal.Out.WriteLine($"  {preset.Summary}");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"A well-behaved system: {preset.Response}");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("Made of, in parts of its time:");
        foreach (var part in preset.Parts)
        {
            var windows = part.Windows > 1 ? FormattableString.Invariant($", {part.Windows} windows") : "";
            var optional = part.WherePossible ? ", where the target can carry it" : "";
            terminal.Out.WriteLine(FormattableString.Invariant($"  {part.From * 100,3:0}% to {(part.From + part.Length) * 100,3:0}%{windows}  {part.Text}{optional}"));
        }

        terminal.Out.WriteLine();
        terminal.Out.WriteLine("Example (under faults:)");
        terminal.Out.WriteLine($"  - {{ preset: {preset.Name}, at: 25s, for: 10s }}");
        return ExitCodes.Pass;
    }

    private static int Describe(Terminal terminal, string id, bool json)
    {
        if (FaultPresets.Find(id) is { } preset)
        {
            return Describe(terminal, preset, json);
        }

        var kind = FaultCatalogue.Find(id)
            ?? throw new UsageException($"there is no fault '{id}'; {Nearest.Remedy(id, [.. FaultCatalogue.All.Select(known => known.Name), .. FaultPresets.All.Select(known => known.Name)])}");
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(Row(kind), Json));
            return ExitCodes.Pass;
        }

        var output = terminal.Out;
        output.WriteLine(kind.Name);
        output.WriteLine($"  {kind.Summary}");
        output.WriteLine($"  vantage {Lower(kind.Vantage)}, scope {Lower(kind.Scope)}, class {kind.Class}, fidelity {Lower(kind.Fidelity)}");
        output.WriteLine();
        output.WriteLine($"A well-behaved system: {kind.Response}");
        if (kind.Parameters.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Parameters (under with:)");
            foreach (var parameter in kind.Parameters)
            {
                var otherwise = parameter.Default switch
                {
                    null => "required",
                    "" => "optional",
                    var value => $"default {value}",
                };
                output.WriteLine($"  {parameter.Name,-12} {parameter.Unit,-9} {otherwise,-16} {parameter.Meaning}{Range(parameter)}");
            }
        }

        output.WriteLine();
        output.WriteLine("Example (under faults:)");
        output.WriteLine($"  - {kind.Example}");
        return ExitCodes.Pass;
    }

    private static string Range(FaultParameter parameter) => parameter switch
    {
        { Choices.Count: > 0 } => $" One of {string.Join(", ", parameter.Choices)}.",
        { Least: { } least, Most: { } most } => $" {least} to {most}.",
        _ => "",
    };

    private static object Row(FaultKind kind) => new
    {
        id = kind.Name,
        kind.Vantage,
        kind.Scope,
        kind.Class,
        kind.Fidelity,
        kind.Summary,
        kind.Response,
        parameters = kind.Parameters,
        kind.Example,
    };

    private static string Lower<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
