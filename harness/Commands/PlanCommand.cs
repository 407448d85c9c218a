using System.CommandLine;
using ChaosBench.Chaos;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench plan FILE</c>: what a run would do, without sending anything.</summary>
internal static class PlanCommand
{
    public static Command Build(Terminal terminal)
    {
        var options = new ScenarioOptions();
        var full = new Option<bool>("--full") { Description = "Every arrival, one a line: the text that the plan's hash is made of" };
        var command = new Command("plan", "Show what a run would do: phases, traffic, faults and their victims; sends nothing");
        options.AddTo(command);
        command.Options.Add(full);
        command.SetAction(parsed =>
        {
            var loaded = ScenarioLoading.Load(options, parsed);
            foreach (var plan in loaded.Plan())
            {
                if (parsed.GetValue(full))
                {
                    PlanText.Write(plan, terminal.Out);
                }
                else
                {
                    PlanSummaryText.Write(PlanSummary.Of(plan, loaded.Suite.Requested, FaultCatalogue.All), terminal.Out);
                }
            }

            return ExitCodes.Pass;
        });
        return command;
    }
}
