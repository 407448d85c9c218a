using System.CommandLine;
using ChaosBench.Harness.Completing;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench completion bash|zsh|fish</c>: the script that lets a shell complete its commands.</summary>
internal static class CompletionCommand
{
    public static Command Build(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong([.. Scripts.Shells]);
        var command = new Command("completion",
            "Print the script that lets a shell complete commands, options, scenarios, faults and run folders\n\n"
            + "  source <(chaosbench completion bash)\n  chaosbench completion zsh > ~/.zfunc/_chaosbench\n  chaosbench completion fish > ~/.config/fish/completions/chaosbench.fish")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            terminal.Out.Write(Scripts.For(parsed.GetValue(shell)!, Program()));
            return ExitCodes.Pass;
        });
        return command;
    }

    /// <summary>The words for one line, one a line. Silent about everything: it is in the middle of somebody's typing.</summary>
    public static int Complete(string line, Terminal terminal, TimeProvider time)
    {
        foreach (var word in Suggestions.For(CommandLine.Build(terminal, time), line))
        {
            terminal.Out.WriteLine(word);
        }

        return ExitCodes.Pass;
    }

    /// <summary>This very build, wherever the shell is later.</summary>
    private static string[] Program()
    {
        const string name = "chaosbench";
        var own = Environment.ProcessPath ?? name;
        return Path.GetFileNameWithoutExtension(own) == name ? [own]
            : [own, Path.Combine(AppContext.BaseDirectory, name + ".dll")];
    }
}
