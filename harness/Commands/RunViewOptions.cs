using System.CommandLine;

namespace ChaosBench.Harness.Commands;

/// <summary>What <c>run</c> offers to those who watch in a browser.</summary>
internal sealed class RunViewOptions
{
    public Option<bool> Ui { get; } = new("--ui") { Description = "Serve a live page on 127.0.0.1 while the scenarios run" };

    public Option<int> Port { get; } = new("--ui-port")
    {
        Description = "Port of that page; 0 takes any free one (default)",
        HelpName = "N",
        CustomParser = result => OptionValues.Whole(0, 65_535)(result),
    };

    public Option<TimeSpan?> Linger { get; } = new("--ui-linger")
    {
        Description = "Keep that page for so long after the verdict (default: until Ctrl-C in a terminal, not at all elsewhere)",
        HelpName = "DURATION",
        CustomParser = result => OptionValues.Duration(TimeSpan.Zero, TimeSpan.FromHours(24))(result),
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Ui);
        command.Options.Add(Port);
        command.Options.Add(Linger);
    }
}
