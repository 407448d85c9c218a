using System.CommandLine;
using ChaosBench.Harness.Baselines;
using ChaosBench.Harness.Storing;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench compare BASELINE_RUN CANDIDATE_RUN</c>: what changed, then every number with its interval.</summary>
internal static class CompareCommand
{
    public static Command Build(Terminal terminal)
    {
        var before = new Argument<DirectoryInfo>("BASELINE_RUN") { Description = "Folder of the run that is the standard, or the name of a baseline (chaosbench promote)" };
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
        var markdown = new Option<FileInfo>("--markdown") { Description = "Also write it as Markdown to this file, for a pull request", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "The comparison as JSON on stdout" };
        var store = new StoreOptions("Take the baseline's name from the store that a team shares, and not from the folder of the second run");
        var command = new Command("compare", "Say what changed between two runs, and whether the second is worse\n\n  chaosbench compare runs/20260101T120000Z-smoke-1 runs/latest\n  chaosbench compare main runs/latest --margin 10%")
        {
            before, after, margin, points, html, markdown, json,
        };
        store.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (one, other) = (parsed.GetValue(before)!, parsed.GetValue(after)!);
            var candidate = Load(other);
            await using var baselines = store.Baselines(parsed, Path.GetDirectoryName(StoredRun.Resolve(other.FullName))!);
            var standard = IsName(one) ? await NamedAsync(one.ToString(), candidate.Manifest.Scenario, baselines, cancellation).ConfigureAwait(false)
                : (one.ToString(), Load(one));
            var comparison = Comparer.Compare(standard, (other.ToString(), candidate), parsed.GetValue(margin), parsed.GetValue(points));
            if (parsed.GetValue(html) is { } page)
            {
                Write(page, ComparisonHtml.Render(comparison));
            }

            if (parsed.GetValue(markdown) is { } comment)
            {
                Write(comment, ComparisonMarkdown.Render(comparison));
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

    /// <summary>A run folder of that name comes first: it was there before names were.</summary>
    private static bool IsName(DirectoryInfo place) => BaselineBook.IsName(place.ToString()) && !RunFolders.IsRun(place.FullName);

    private static async Task<(string Folder, RunReport Run)> NamedAsync(string name, string scenario, IBaselines baselines, CancellationToken cancellation)
    {
        try
        {
            var current = await baselines.CurrentAsync(cancellation).ConfigureAwait(false);
            var named = current.Where(one => one.Name == name).ToList();
            if (named.Count == 0)
            {
                throw new UsageException($"{name}: no such run folder, and {HeldAgainst.Unknown(name, baselines.Place, current)}");
            }

            return named.FirstOrDefault(one => one.Scenario == scenario) is { } promotion
                ? ($"{name} ({promotion.Run})", RunBaseline.Load(promotion, await baselines.FetchAsync(promotion, cancellation).ConfigureAwait(false)))
                : throw new UsageException($"baseline '{name}' is of {string.Join(", ", named.Take(10).Select(one => $"'{one.Scenario}'"))}, and of no run of scenario '{scenario}'; "
                    + $"promote one: chaosbench promote RUN --as {name}.");
        }
        catch (BaselineException problem)
        {
            throw new UsageException(problem.Message);
        }
    }

    private static void Write(FileInfo page, string text)
    {
        try
        {
            File.WriteAllText(page.FullName, text);
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
