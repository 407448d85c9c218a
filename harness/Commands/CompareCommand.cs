using System.CommandLine;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench compare BASELINE_RUN CANDIDATE_RUN</c>: what changed, then every number with its interval.</summary>
internal static class CompareCommand
{
    public static Command Build(Terminal terminal)
    {
        var before = new Argument<DirectoryInfo>("BASELINE_RUN") { Description = "Folder of the run that is the standard" };
        var after = new Argument<DirectoryInfo>("CANDIDATE_RUN") { Description = "Folder of the run that is judged, for example runs/latest" };
        var margin = new Option<double>("--margin")
        {
            Description = "How much slower a latency may be (default 5%)",
            DefaultValueFactory = _ => 0.05,
            CustomParser = OptionValues.Share(0, 10),
            HelpName = "SHARE",
        };
        var points = new Option<double>("--points")
        {
            Description = "How much worse a share may be, in points of a hundred (default 1%)",
            DefaultValueFactory = _ => 0.01,
            CustomParser = OptionValues.Share(0, 1),
            HelpName = "SHARE",
        };
        var html = new Option<FileInfo>("--html") { Description = "Also write the comparison as a page to this file", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "The comparison as JSON on stdout" };
        var command = new Command("compare", "Say what changed between two runs, and whether the second is worse") 
        {
            before, after, margin, points, html, json,
        };
        command.SetAction(parsed =>
        {
            var (one, other) = (parsed.GetValue(before)!, parsed.GetValue(after)!);
            var comparison = Comparer.Compare(
                (one.ToString(), Load(one)), (other.ToString(), Load(other)), parsed.GetValue(margin), parsed.GetValue(points));
            if (parsed.GetValue(html) is { } page)
            {
                Write(page, comparison);
            }

            if (parsed.GetValue(json))
            {
                terminal.Out.Write(RunFiles.ToJson(comparison));
            }
            else
            {
                Printed(terminal, ComparisonWords.Render(comparison));
            }

            return comparison.Verdict switch
            {
                FindingVerdict.Pass => ExitCodes.Pass,
                FindingVerdict.Fail => ExitCodes.Fail,
                _ => ExitCodes.Inconclusive,
            };
        });
        return command;
    }

    /// <summary>Names, paths and reasons come from folders that others made.</summary>
    public static void Printed(Terminal terminal, string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            terminal.Out.WriteLine(Printable.Line(line));
        }
    }

    private static void Write(FileInfo page, RunComparison comparison)
    {
        try
        {
            File.WriteAllText(page.FullName, ComparisonHtml.Render(comparison));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{page}: cannot be written ({exception.Message}); name a file in a folder that you may write to.");
        }
    }

    private static RunReport Load(DirectoryInfo folder)
    {
        try
        {
            return folder.Exists ? RunFolder.Load(folder.FullName) : throw new UsageException($"{folder}: no such run folder.");
        }
        catch (JournalException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
