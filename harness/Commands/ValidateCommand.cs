using System.CommandLine;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench validate FILE</c>: every problem at once, as <c>file:line:column: what is wrong; what would be right</c>.</summary>
internal static class ValidateCommand
{
    public static Command Build(Terminal terminal)
    {
        var options = new ScenarioOptions();
        var command = new Command("validate", "Check a scenario file: every problem at once, with its place and remedy");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var loaded = ScenarioLoading.Load(options, parsed);
            var plans = loaded.Plan();
            foreach (var fault in plans.SelectMany(plan => plan.Faults).Where(fault => fault.Fault.Preset is not null))
            {
                terminal.Error.WriteLine(Printable.Line(FormattableString.Invariant(
                    $"{loaded.Suite.Path}: {fault.Fault.Preset} is {fault.Fault.Id}: {fault.Fault.Kind}, {fault.Fault.At.TotalSeconds:0.###}s for {fault.Fault.For.TotalSeconds:0.###}s, share {fault.Fault.Share}")));
            }

            terminal.Error.WriteLine($"{loaded.Suite.Path}: {plans.Count} scenario(s), no problems");
            return ExitCodes.Pass;
        });
        return command;
    }
}
