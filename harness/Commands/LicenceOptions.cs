using System.CommandLine;
using ChaosBench.Harness.Provenance;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary>
/// A precondition of a run that the operator sets: the licences of the tool and of the models that are to be served.
/// </summary>
internal sealed class LicenceOptions
{
    private readonly Option<FileInfo?> _policy = new("--licences")
    {
        Description = "Send nothing unless the licences of this program and of the models of the file are as this policy wants (see 'sbom --policy')",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Options.Add(_policy);

    /// <exception cref="UsageException">The policy does not read, or it forbids a part.</exception>
    public void Require(ParseResult parsed, Suite suite, Terminal terminal)
    {
        if (parsed.GetValue(_policy) is not { } file)
        {
            return;
        }

        var policy = Licensing.Load(file);
        var models = suite.Scenarios.SelectMany(scenario => new[] { scenario.Candidate, scenario.Baseline,
            scenario.Judge?.Target })
            .OfType<Target.Onnx>().Select(target => target.Model).Distinct(StringComparer.Ordinal);
        var judged = models.Select(model => ModelParts.Of(model, out _)).Prepend(ToolParts.List)
            .Select(list => Licensing.Judge(list, policy)).ToList();
        foreach (var warning in judged.SelectMany(one => one.Warnings))
        {
            terminal.Error.WriteLine(Printable.Line($"warning: {warning}"));
        }

        var refused = judged.SelectMany(one => one.Refused).Select(reason => $"{file}: {reason}").ToList();
        if (refused.Count > 0)
        {
            throw new UsageException([.. refused, "nothing was sent."]);
        }
    }
}
