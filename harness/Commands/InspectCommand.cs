using System.CommandLine;
using ChaosBench.Reports.Inspection;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench inspect PROMPTS [--against REFERENCE]</c>: is this prompt set ready to be trusted?</summary>
internal static class InspectCommand
{
    public static Command Build(Terminal terminal)
    {
        var prompts = new Argument<string>("PROMPTS") { Description = "File of prompts, in any form that a scenario reads" };
        var against = new Option<string?>("--against") { Description = "File of prompts to compare with: drift, and prompts that are in both", HelpName = "REFERENCE" };
        var json = new Option<bool>("--json") { Description = "The report as JSON on stdout" };
        var command = new Command(
            "inspect", "Look at a prompt set before anyone trusts it: duplicates, characters, lengths, labels, personal data, drift, lineage\n\n  chaosbench inspect scenarios/recorded/tickets.jsonl\n  chaosbench inspect new.jsonl --against scenarios/recorded/tickets.jsonl --json\n\nExit code: 0 nothing found, 2 something needs a look, 4 cannot be read")
        {
            prompts, against, json,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(prompts)!;
            var report = Inspector.Inspect(path, Load(path), parsed.GetValue(against) is { } reference ? Load(reference) : null, Bytes(path));
            if (parsed.GetValue(json))
            {
                terminal.Out.Write(RunFiles.ToJson(report));
            }
            else
            {
                Write(report, terminal.Out);
            }

            return report.IsReady ? ExitCodes.Pass : ExitCodes.Inconclusive;
        });
        return command;
    }

    private static LoadedPrompts Load(string path)
    {
        try
        {
            return PromptSets.Load(new PromptSet.Recorded { Name = "inspected", Path = path }, 0, new PromptFiles(Directory.GetCurrentDirectory()));
        }
        catch (PromptException problem)
        {
            throw new UsageException(problem.Message);
        }
    }

    /// <summary>Null where they are packed in another way than gzip, or too many: the prompts themselves are looked at in any case.</summary>
    private static byte[]? Bytes(string path)
    {
        const int most = 256 << 20;
        try
        {
            using var file = File.OpenRead(path);
            var isPacked = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            using var unpacked = isPacked ? (Stream)new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress) : file;
            using var bytes = new MemoryStream();
            var buffer = new byte[81_920];
            for (int read; (read = unpacked.Read(buffer)) > 0 && bytes.Length <= most;)
            {
                bytes.Write(buffer, 0, read);
            }

            return bytes.Length > most ? null : bytes.ToArray();
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(InspectionReport report, TextWriter output)
    {
        void Line(FormattableString text) => output.WriteLine(Printable.Line(FormattableString.Invariant(text), 400));

        Line($"prompts   {report.Prompts} of {report.Path}");
        Line($"lineage   file sha256 {report.Lineage.FileSha256}, content sha256 {report.Lineage.ContentSha256}");
        if (report.Lineage.ReferenceFileSha256 is { } reference)
        {
            Line($"reference file sha256 {reference}, content sha256 {report.Lineage.ReferenceContentSha256}{(report.Lineage.ReferenceContentSha256 == report.Lineage.ContentSha256 ? " (the same prompts)" : "")}");
        }

        Line($"facts     {string.Join(", ", report.Facts.Select(fact => FormattableString.Invariant($"{fact.Key} {fact.Value:0.###}")))}");
        foreach (var (name, counts) in report.Labels)
        {
            Line($"labels    {name}: {string.Join(", ", counts.Take(12).Select(count => $"{count.Key} {count.Value}"))}{(counts.Count > 12 ? ", ..." : "")}");
        }

        foreach (var drift in report.Drift)
        {
            Line($"drift     {(drift.Drifted ? "yes" : drift.Psi is null ? "?" : "no"),-4} {drift.Property}: {drift.Sentence}");
        }

        foreach (var finding in report.Findings)
        {
            Line($"look      {finding.Code}: {finding.Sentence}{(finding.Examples.Count > 0 ? $" ({string.Join(", ", finding.Examples)}{(finding.Count > finding.Examples.Count ? ", ..." : "")})" : "")}");
        }

        Line($"{(report.IsReady ? "ready     nothing found that needs a look" : report.Findings.Count == 1 ? "1 finding needs a look" : $"{report.Findings.Count} findings need a look")}");
    }
}
