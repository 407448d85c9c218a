using System.Diagnostics;
using ChaosBench.Chaos;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Completing;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Words for a shell: from the commands, and in the real shells, where they are installed.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("chaosbench va", "validate")]
    [InlineData("chaosbench comp", "compare completion")]
    [InlineData("chaosbench run x.yaml --allow-h", "--allow-host")]
    [InlineData("chaosbench run x.yaml --inconclusive ", "fail keep pass warn")]
    [InlineData("chaosbench run x.yaml --inconclusive f", "fail")]
    [InlineData("chaosbench faults ", "describe list")]
    [InlineData("chaosbench faults describe node.ki", "node.kill")]
    [InlineData("chaosbench import moon", "mooncake")]
    [InlineData("chaosbench completion ", "bash fish zsh")]
    [InlineData("chaosbench completion bash ", "")]
    [InlineData("chaosbench nonsense --what ", "")]
    [InlineData("chaosbench run \"unfinished", "")]
    public void For_Line_GivesWhatMayStandThere(string line, string expected) => Assert.Equal(expected, string.Join(' ', For(line)));

    [Fact]
    public void For_EmptyLine_GivesEveryCommand()
    {
        var root = CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null), TimeProvider.System);

        Assert.Equal(root.Subcommands.Select(command => command.Name).Order(StringComparer.Ordinal), For("chaosbench "));
        Assert.Equal(FaultCatalogue.All.Count, For("chaosbench faults describe ").Count(word => word.Contains('.', StringComparison.Ordinal)));
    }

    [Fact]
    public void For_ScenariosOfTheFile_AreTheirNames()
    {
        var good = Repository.Path("scenarios.yaml");
        Assert.Equal(["closed-clients", "lost-node", "mixed-traffic", "smoke"], For($"chaosbench run {good} --scenario "));
        Assert.Equal(["smoke"], For($"chaosbench plan --seed 7 '{good}' --scenario sm"));

        // A file that is being written is seldom valid.
        var half = _folder.File("half.yaml", "version: 1\nscenarios:\n  - name: first\n    workload: \n  - workload: 2/s\n    name: \"second\"\n  - nam");
        Assert.Equal(["first", "second"], For($"chaosbench run {half} --scenario "));
        Assert.Empty(For("chaosbench run /nowhere.yaml --scenario "));
    }

    [Fact]
    public void For_RunFolders_AreThoseWithAManifest()
    {
        var runs = Directory.CreateDirectory(Path.Combine(_folder.Path, "runs")).FullName;
        foreach (var name in new[] { "20261120T120000Z-a-1", "20261121T120000Z-b-1", "else" })
        {
            Directory.CreateDirectory(Path.Combine(runs, name));
        }

        File.WriteAllText(Path.Combine(runs, "20261120T120000Z-a-1", "manifest.json"), "{}");
        File.WriteAllText(Path.Combine(runs, "20261121T120000Z-b-1", "manifest.json"), "{}");

        Assert.Equal([$"{runs}/20261120T120000Z-a-1", $"{runs}/20261121T120000Z-b-1"], For($"chaosbench report {runs}/"));
        Assert.Equal([$"{runs}/20261121T120000Z-b-1"], For($"chaosbench compare {runs}/20261120T120000Z-a-1 {runs}/20261121"));
        Assert.Empty(For($"chaosbench attest {_folder.Path}/nowhere/"));
    }

    [Theory]
    [InlineData("a b ", "a|b|")]
    [InlineData("a 'b c' d\\ e", "a|b c|d e")]
    [InlineData("a \"b 'c' ", "a|b 'c' ")]
    [InlineData("", "")]
    public void Words_Line_AreThoseOfAShell(string line, string expected) => Assert.Equal(expected, string.Join('|', Suggestions.Words(line)));

    [SkippableFact]
    public async Task Bash_Completes()
    {
        var script = await ScriptAsync("bash");
        var said = await ShellAsync("bash", "--norc", "-c", $$"""
            source "{{script}}"
            complete -p chaosbench
            COMP_LINE='chaosbench faults describe node.ki' COMP_POINT=34 COMP_WORDS=(chaosbench faults describe node.ki) COMP_CWORD=3
            _chaosbench
            printf '<%s>\n' "${COMPREPLY[@]}"
            """);

        Assert.Equal(["complete -o default -F _chaosbench chaosbench", "<node.kill>"], said);
    }

    [SkippableFact]
    public async Task Zsh_Completes()
    {
        var script = await ScriptAsync("zsh");
        var said = await ShellAsync("zsh", "-f", "-c", $$"""
            source "{{script}}"
            compadd() { shift; printf '<%s>\n' "$@" }
            _files() { echo files }
            words=(chaosbench faults describe node.ki) CURRENT=4 PREFIX=node.ki
            _chaosbench
            words=(chaosbench validate '') CURRENT=3 PREFIX=''
            _chaosbench
            """);

        Assert.Equal(["<node.kill>", "files"], said);
    }

    /// <summary>As a file in a folder of <c>$fpath</c>, which zsh reads when it is first needed.</summary>
    [SkippableFact]
    public async Task Zsh_FunctionInAFile_CompletesAtOnce()
    {
        var script = await ScriptAsync("zsh");
        File.Copy(script, Path.Combine(_folder.Path, "_chaosbench"));

        var said = await ShellAsync("zsh", "-f", "-c", $$"""
            fpath=("{{_folder.Path}}" $fpath)
            autoload -U _chaosbench
            compadd() { shift; printf '<%s>\n' "$@" }
            words=(chaosbench faults describe node.ki) CURRENT=4 PREFIX=node.ki
            _chaosbench
            _chaosbench
            """);

        Assert.Equal(["<node.kill>", "<node.kill>"], said);
    }

    [SkippableFact]
    public async Task Fish_Completes()
    {
        var script = await ScriptAsync("fish");
        var said = await ShellAsync("fish", "--no-config", "-c", $"source {script}; complete -C 'chaosbench faults describe node.ki'");

        Assert.Equal(["node.kill"], said);
    }

    private static IReadOnlyList<string> For(string line) =>
        Suggestions.For(CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null), TimeProvider.System), line);

    /// <summary>As the program itself writes it, in a file.</summary>
    private async Task<string> ScriptAsync(string shell)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "shells are asked as on Linux");
        Skip.IfNot((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))), $"{shell} is not installed");
        using var process = CommandProcess.Start(_folder.Path, "completion", shell);
        Assert.Equal(0, await process.ExitAsync());
        Assert.Empty(process.Error.Trim());
        return _folder.File("script", process.Output);
    }

    private static async Task<string[]> ShellAsync(string shell, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        Assert.Equal("", await error);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
