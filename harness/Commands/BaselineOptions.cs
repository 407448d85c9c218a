using System.CommandLine;

namespace ChaosBench.Harness.Commands;

/// <summary>What commands that end in a verdict offer, to hold it against an earlier run.</summary>
internal sealed class BaselineOptions
{
    public Option<string> Baseline { get; } = new("--baseline")
    {
        Description = "Also judge each scenario against the run that was promoted under this name (chaosbench promote)",
        HelpName = "NAME",
        CustomParser = result => OptionValues.Named(result),
    };

    public Option<double> Margin { get; } = new("--margin")
    {
        Description = "How much slower than that a latency may be (default 5%)",
        DefaultValueFactory = _ => 0.05,
        CustomParser = OptionValues.Share(0, 10),
        HelpName = "SHARE",
    };

    public Option<double> Points { get; } = new("--points")
    {
        Description = "How much worse than that a share may be, in points of a hundred (default 1%)",
        DefaultValueFactory = _ => 0.01,
        CustomParser = OptionValues.Share(0, 1),
        HelpName = "SHARE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Baseline);
        command.Options.Add(Margin);
        command.Options.Add(Points);
    }

    public (double Margin, double Points) Limits(ParseResult parsed) => (parsed.GetValue(Margin), parsed.GetValue(Points));
}
