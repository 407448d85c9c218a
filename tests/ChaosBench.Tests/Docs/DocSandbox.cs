using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Docs;

/// <summary>
/// A folder in which a page's commands work as they stand: the shipped scenarios with their times at a sixth and their rates threefold, the
/// shipped models and prompts, and ports of its own in place of those that the pages name.
/// </summary>
internal sealed partial class DocSandbox : IDisposable
{
    private const int Shorter = 6;
    private const int Denser = 3;
    private static readonly string[] PagePorts = ["8080", "9000", "4318"];

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _ports;

    private readonly Action<string> _say;

    /// <param name="collector">Port of something that takes OTLP.</param>
    /// <param name="say">Told how long each command took.</param>
    public DocSandbox(int collector, Action<string> say)
    {
        _say = say;
        _ports = PagePorts.ToDictionary(port => port, _ => FreePort().ToString(CultureInfo.InvariantCulture));
        _ports["4318"] = collector.ToString(CultureInfo.InvariantCulture);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "scenarios"));
        foreach (var file in Directory.EnumerateFiles(Repository.Path("scenarios"), "*.yaml").Append(Repository.Path("scenarios.yaml")))
        {
            File.WriteAllText(Path.Combine(_folder.Path, Path.GetRelativePath(Repository.Root, file)), Shortened(File.ReadAllText(file)));
        }

        foreach (var shared in new[] { "scenarios/models", "scenarios/recorded", "scenarios/scenario.schema.json" })
        {
            File.CreateSymbolicLink(Path.Combine(_folder.Path, shared), Repository.Path(shared.Split('/')));
        }

        File.WriteAllText(Path.Combine(_folder.Path, "faults.yaml"), DocumentedCommands.Block("proxy.md", "yaml", "stream.cut"));
        File.WriteAllText(Path.Combine(_folder.Path, "licences.yaml"), DocumentedCommands.Block("provenance.md", "yaml", "allowed:"));
        File.WriteAllText(Path.Combine(_folder.Path, "remote.yaml"), Here(Shortened(DocumentedCommands.Block("shards.md", "yaml", "served"))));
        File.WriteAllText(Path.Combine(_folder.Path, "names.txt"), DocumentedCommands.Block("privacy.md", "text", "Ada"));
    }

    public void Dispose() => _folder.Dispose();

    /// <returns>What went wrong; nothing: all went as documented.</returns>
    public async Task<List<string>> DoAsync(IEnumerable<DocStep> steps)
    {
        var problems = new List<string>();
        foreach (var step in steps)
        {
            // A machine too busy to send in time voids a run, here as anywhere.
            for (var again = 0; ; again++)
            {
                var began = TimeProvider.System.GetTimestamp();
                var (problem, busy) = await DoAsync(step);
                _say(FormattableString.Invariant($"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,5:0.0} s  {step.Command}"));
                if (problem is null || !busy || again == 2 || step.Ready is not null)
                {
                    problems.AddRange(problem is null ? [] : [problem]);
                    break;
                }
            }
        }

        return problems;
    }

    private async Task<(string? Problem, bool Busy)> DoAsync(DocStep step)
    {
        var before = Runs();
        var problems = new List<string>();
        using var process = Start(step, []);
        var beside = step.Beside.Select(words => Start(step, words)).ToList();
        var codes = new List<int>();
        try
        {
            if (step.Ready is { } ready)
            {
                await process.UntilAsync(() => (process.Error + process.Output).Contains(ready, StringComparison.Ordinal), $"{step.Command} said '{ready}'");
                problems.AddRange(await ClientsAsync(step.Clients));
                problems.AddRange(await DoAsync(step.While));
                if (!step.EndsAlone)
                {
                    process.Signal("INT");
                }
            }

            codes.Add(await process.ExitAsync());
            foreach (var other in beside)
            {
                codes.Add(await other.ExitAsync());
            }
        }
        catch (TimeoutException)
        {
            return ($"{step.Command} {step.More}: goes on and on: {process.Output}{process.Error}", false);
        }
        finally
        {
            beside.ForEach(other => other.Dispose());
        }

        var made = Runs().Except(before).Select(RunFiles.ReadSummary).ToList();
        int[] right = step.Codes ?? [made.Count == 0 ? -1 : ExitCodes.Merge(made.Select(summary => summary.ExitCode))];
        problems.AddRange(codes.Where(code => !right.Contains(code)).Select(code =>
            $"{step.Command} {step.More}: exit code {code}, not {string.Join(" or ", right)}: {process.Output}{process.Error}"));
        return (problems.Count == 0 ? null : string.Join('\n', problems), made.SelectMany(summary => summary.Findings).Any(IsBusy));
    }

    private async Task<List<string>> ClientsAsync(string shell)
    {
        if (shell.Length == 0)
        {
            return [];
        }

        using var client = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("timeout", ["60", "bash", "-eo", "pipefail", "-c", Here(shell)])
        {
            WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = client.StandardError.ReadToEndAsync();
        var said = await client.StandardOutput.ReadToEndAsync() + await error;
        await client.WaitForExitAsync();
        return client.ExitCode == 0 ? [] : [$"{shell}: exit code {client.ExitCode}: {said}"];
    }

    private static bool IsBusy(Finding finding) => finding.ReasonCode == ReasonCodes.GeneratorLimited && finding.Verdict != FindingVerdict.Pass;

    private CommandProcess Start(DocStep step, (string Word, string By)[] words)
    {
        var line = words.Concat(step.Instead).Aggregate(step.Command, (text, change) => text.Contains(change.Word, StringComparison.Ordinal)
            ? text.Replace(change.Word, change.By.Replace("{soon}", TimeProvider.System.GetUtcNow().AddSeconds(5).ToString("O", CultureInfo.InvariantCulture), StringComparison.Ordinal), StringComparison.Ordinal)
            : throw new InvalidOperationException($"'{text}' has no '{change.Word}'"));
        // Leases, and what calibrations leave for later runs, stay in here too.
        return CommandProcess.Start(
            _folder.Path, $"export XDG_STATE_HOME='{_folder.Path}/state'; {Here(step.Before)} set -- \"$1\" \"$2\" {Here($"{line} {step.More}")};", []);
    }

    /// <summary>Wherever commands put them.</summary>
    private HashSet<string> Runs() => [.. Directory.EnumerateFiles(_folder.Path, RunFolder.SummaryName, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Select(file => Path.GetDirectoryName(file)!)];

    private string Here(string text) => PagePorts.Aggregate(text, (line, port) => Regex.Replace(line, $@"(?<=:|--port ){port}\b", _ports[port]));

    private static string Shortened(string scenario) => string.Join('\n', scenario.Split('\n').Select(line => line.TrimStart() switch
    {
        ['#', ..] => line,
        var text when text.StartsWith("workload:", StringComparison.Ordinal) => Rate().Replace(line, match => $"{int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * Denser}/s"),
        // A service may answer late where many tests run beside each other, and a generator send late: up to 5 % of it.
        var text when text.StartsWith("objectives:", StringComparison.Ordinal) => Whole().Replace(line, "objectives: { e2e: 30s }"),
        _ => Time().Replace(line, match => $"{match.Groups[1].Value}: {int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) * 1000 / Shorter}ms"),
    }));

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [GeneratedRegex(@"\b(warmUp|baseline|fault|recovery|at|for|rotate): ([0-9]+)s\b")]
    private static partial Regex Time();

    [GeneratedRegex(@"objectives: \{[^}]*\}")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\b([0-9]+)/s\b")]
    private static partial Regex Rate();
}
