using System.CommandLine;
using System.Globalization;
using ChaosBench.Harness.Provenance;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Provenance;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Commands;

/// <summary>
/// <c>chaosbench sbom [MODEL_DIR]</c>: what this program, or a model, is made of, and whether its licences may be.
/// </summary>
internal static class SbomCommand
{
    public static Command Build(Terminal terminal)
    {
        var model = new Argument<string?>("MODEL_DIR") { Description = "Folder of a model (default: this program itself)",
            Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<FileInfo?>("--out") { Description = "Write it here and not to stdout", HelpName = "FILE" };
        var policy = new Option<FileInfo?>("--policy")
        {
            Description = "Hold every licence against this file: allowed: [MIT], denied: [\"GPL-*\"], unknown: fail|warn|allow, stated: [{ part: NAME, licence: MIT }]",
            HelpName = "FILE",
        };
        var command = new Command("sbom",
            "Write what this program or a model is made of, with hashes and licences (CycloneDX 1.6 JSON)\n\n"
            + "  chaosbench sbom --out chaosbench.cdx.json\n  chaosbench sbom scenarios/models/triage-v1 --policy licences.yaml --out model.cdx.json\n\n"
            + "Exit code: 0 written and allowed, 1 a licence that the policy forbids, 4 cannot be read")
        {
            model, output, policy,
        };
        command.SetAction(parsed =>
        {
            var rules = parsed.GetValue(policy) is { } file ? Licensing.Load(file) : null;
            var list = List(parsed.GetValue(model), terminal);
            var text = CycloneDx.Write(list, ToolVersion.Text);
            if (parsed.GetValue(output) is { } to)
            {
                RunFiles.Write(to.FullName, text);
            }
            else
            {
                terminal.Out.Write(text);
            }

            return rules is null ? ExitCodes.Pass : Judge(list, rules, terminal);
        });
        return command;
    }

    private static PartsList List(string? model, Terminal terminal)
    {
        if (model is null)
        {
            return ToolParts.WithNatives();
        }

        var list = ModelParts.Of(model, out var notes);
        foreach (var note in notes)
        {
            terminal.Error.WriteLine(Printable.Line($"{model}: {note}"));
        }

        return list;
    }

    private static int Judge(PartsList list, Scenarios.Model.LicencePolicy rules, Terminal terminal)
    {
        var (refused, warnings) = Licensing.Judge(list, rules);
        foreach (var warning in warnings)
        {
            terminal.Error.WriteLine(Printable.Line($"warning: {warning}"));
        }

        foreach (var reason in refused)
        {
            terminal.Error.WriteLine(Printable.Line($"refused: {reason}"));
        }

        var judged = list.Parts.Count(part => part.Kind != ComponentKind.File) + 1;
        terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"licences of {judged} part{(judged == 1 ? "" : "s")}: {refused.Count} refused, {warnings.Count} warned of"));
        return refused.Count == 0 ? ExitCodes.Pass : ExitCodes.Fail;
    }
}
