using System.CommandLine;
using System.Security.Cryptography;
using ChaosBench.Harness.Running;
using ChaosBench.Harness.Telemetry;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Telemetry.Otlp;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench report RUN</c>: rebuilds the reports from the journal; never grades again.</summary>
internal static class ReportCommand
{
    /// <summary>Larger scenario files are not searched for lines; none that was read is larger.</summary>
    private const long MaxScenarioBytes = 4 * 1024 * 1024;

    /// <summary>Two files that are written line by line: the spans of a long run are too many for one text.</summary>
    private const string Otlp = "otlp";

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "The run's folder, for example runs/latest" };
        var write = new Option<string[]>("--write")
        {
            Description = "Also write findings.csv (csv), latency.hlog (hlog: HdrHistogram's interval log of every second), metrics.txt "
                + "(openmetrics), findings.sarif (sarif), or traces.otlp.jsonl and metrics.otlp.jsonl (otlp)",
            AllowMultipleArgumentsPerToken = true,
            HelpName = string.Join('|', [.. ExtraWriters.Names, Otlp]),
        };
        write.AcceptOnlyFromAmong([.. ExtraWriters.Names, Otlp]);
        var otlp = new OtlpOptions();
        var command = new Command("report",
            "Rebuild the reports of a run from its journal\n\n  chaosbench report runs/latest\n  chaosbench report runs/latest --write sarif openmetrics")
        {
            run, write,
        };
        otlp.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var collector = otlp.Read(parsed);
            var folder = parsed.GetValue(run)!;
            if (!folder.Exists)
            {
                throw new UsageException($"{folder.FullName}: no such run folder.");
            }

            try
            {
                var lines = new Lazy<Func<string, int?>>(() => LinesOf(RunFiles.ReadManifest(folder.FullName)));
                var asked = parsed.GetValue(write)!.Distinct(StringComparer.Ordinal).ToList();
                var more = asked.Where(name => name != Otlp)
                    .Select(name => ExtraWriters.Of(name, objective => lines.Value(objective))).ToList();
                var summary = RunFolder.Rebuild(folder.FullName, more).Summary;
                terminal.Error.WriteLine(RunWords.Verdict(summary));
                terminal.Out.WriteLine(Path.Combine(folder.FullName, "report.html"));
                more.ForEach(writer => terminal.Out.WriteLine(Path.Combine(folder.FullName, writer.FileName)));
                if (asked.Contains(Otlp))
                {
                    var spans = OtlpFiles.Write(folder.FullName, parsed.GetValue(otlp.Content));
                    terminal.Error.WriteLine(FormattableString.Invariant($"{spans:N0} spans written"));
                    terminal.Out.WriteLine(Path.Combine(folder.FullName, OtlpFiles.Traces));
                    terminal.Out.WriteLine(Path.Combine(folder.FullName, OtlpFiles.Metrics));
                }

                return collector is null || await ExportAsync(collector, folder.FullName, terminal, time, cancellation).ConfigureAwait(false)
                    ? ExitCodes.Pass : ExitCodes.Error;
            }
            catch (JournalException exception)
            {
                throw new UsageException(exception.Message);
            }
        });
        return command;
    }

    /// <returns>False: the collector did not take everything, which is what this command was asked for.</returns>
    private static async Task<bool> ExportAsync(
        OtlpSettings collector, string folder, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        var result = await OtlpExport.RunAsync(folder, collector, null, time, cancellation).ConfigureAwait(false);
        terminal.Error.WriteLine(result.Line(collector, folder));
        return result.Trouble is null;
    }

    /// <summary>Where an objective stands in the scenario file, as long as that is still the file that was run.</summary>
    private static Func<string, int?> LinesOf(Manifest manifest)
    {
        var file = new FileInfo(manifest.ScenarioFile);
        if (!file.Exists || file.Length is 0 or > MaxScenarioBytes) // pipes and devices have no length
        {
            return _ => null;
        }

        var bytes = File.ReadAllBytes(file.FullName);
        if (!Convert.ToHexStringLower(SHA256.HashData(bytes)).Equals(manifest.ScenarioSha256, StringComparison.OrdinalIgnoreCase))
        {
            return _ => null;
        }

        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split('\n');
        return objective => Array.FindIndex(lines, line => line.Contains(objective, StringComparison.Ordinal)) is >= 0 and var at ? at + 1 : null;
    }
}
