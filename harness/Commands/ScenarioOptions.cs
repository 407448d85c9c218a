using System.CommandLine;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary>What <c>run</c>, <c>validate</c> and <c>plan</c> have in common: which file, which scenarios, what the operator allows.</summary>
internal sealed class ScenarioOptions
{
    public Argument<string> File { get; } = new("FILE") { Description = "Scenario file, for example scenarios.yaml" };

    public Option<string[]> Scenario { get; } = new("--scenario")
    {
        Description = "Only this scenario; may be given several times (default: all, in file order)",
        HelpName = "NAME",
    };

    public Option<ulong?> Seed { get; } = new("--seed")
    {
        Description = "Root of all randomness; replaces the file's seed",
        HelpName = "N",
        CustomParser = result => OptionValues.Whole(ulong.MinValue, ulong.MaxValue)(result),
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Change one value of the file: --set targets.candidate.model=path; may be given several times",
        HelpName = "PATH=VALUE",
    };

    public Option<bool> UntilDecided { get; } = new("--until-decided")
    {
        Description = "Let A/B runs go on, pair by pair, until every gate vs baseline is decided or the budget is used up",
    };

    public Option<PairBudget?> Budget { get; } = new("--budget")
    {
        Description = "With --until-decided: the most that a run may take after its warm-up, for example 10m or \"300 pairs\" "
            + "(default: what the file says with untilDecided, else 10m)",
        HelpName = "TIME|N pairs",
        CustomParser = OptionValues.Budget(),
    };

    public Option<string[]> AllowHost { get; } = new("--allow-host")
    {
        Description = "Let the run send traffic to this host (loopback is always allowed)",
        HelpName = "HOST[:PORT]",
    };

    public Option<string[]> AllowEnv { get; } = new("--allow-env")
    {
        Description = "Let the file use this environment variable as ${NAME}",
        HelpName = "NAME",
    };

    public Option<bool> AllowExec { get; } = new("--allow-exec") { Description = "Let faults and probes start commands" };
    public Option<bool> AllowDocker { get; } = new("--allow-docker") { Description = "Let faults act on containers" };
    public Option<bool> AllowPid { get; } = new("--allow-pid") { Description = "Let faults act on local processes" };

    /// <param name="comparing">False for a command whose runs are as long as it says itself.</param>
    public void AddTo(Command command, bool comparing = true)
    {
        command.Arguments.Add(File);
        if (comparing)
        {
            command.Options.Add(UntilDecided);
            command.Options.Add(Budget);
        }

        AddOptionsTo(command);
    }

    /// <summary>For a command that names the file otherwise, and runs no scenario.</summary>
    public void AddOptionsTo(Command command)
    {
        Option[] options = [Scenario, Seed, Set, AllowHost, AllowEnv, AllowExec, AllowDocker, AllowPid];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }
}
