using System.Text;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Writers;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Ui;

/// <summary>
/// Reports and comparisons of run folders. A folder may come from anybody, so a page made of it lives in a sandbox: an origin of its own,
/// no way to this server or out, and no script but those that this tool writes into its reports.
/// </summary>
internal sealed partial class RunPages(RunShelf shelf) : IDisposable
{
    /// <summary>Ours stay under 3 MB.</summary>
    private const long MostPageBytes = 16 << 20;

    private const string Sandbox = "sandbox allow-scripts allow-popups; default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'";

    private static readonly string ReportPolicy = $"{Sandbox}; script-src {string.Join(' ', UiAssets.ReportScripts.Select(hash => $"'{hash}'"))}";

    // One page is made at a time: it reads a journal, beside which a run may live.
    private readonly SemaphoreSlim _making = new(1);

    public async Task ReportAsync(HttpContext context)
    {
        if (shelf.Find(context.Request.Query["run"]) is not { } path)
        {
            await NoRunAsync(context).ConfigureAwait(false);
            return;
        }

        var page = await OwnReportAsync(path, context.RequestAborted).ConfigureAwait(false)
            ?? await MakeAsync(context, [path], () => new HtmlFile().Render(RunFolder.Load(path))).ConfigureAwait(false);
        if (page is not null)
        {
            await UiReply.HtmlAsync(context, ReportPolicy, page).ConfigureAwait(false);
        }
    }

    public async Task CompareAsync(HttpContext context)
    {
        var (before, after) = (context.Request.Query["before"].ToString(), context.Request.Query["after"].ToString());
        if (shelf.Find(before) is not { } one || shelf.Find(after) is not { } other)
        {
            await NoRunAsync(context).ConfigureAwait(false);
            return;
        }

        var page = await MakeAsync(context, [one, other], () => ComparisonHtml.Render(
            Comparer.Compare((before, RunFolder.Load(one)), (after, RunFolder.Load(other))))).ConfigureAwait(false);
        if (page is not null)
        {
            await UiReply.HtmlAsync(context, Sandbox, page).ConfigureAwait(false);
        }
    }

    public void Dispose() => _making.Dispose();

    /// <summary>The report as it lies there, when it is one of this version: its scripts are ours, so the policy lets them run.</summary>
    private static async Task<string?> OwnReportAsync(string path, CancellationToken cancellation)
    {
        var file = new FileInfo(Path.Combine(path, "report.html"));
        if (file is not { Exists: true, LinkTarget: null, Length: <= MostPageBytes })
        {
            return null;
        }

        try
        {
            var page = await File.ReadAllTextAsync(file.FullName, Encoding.UTF8, cancellation).ConfigureAwait(false);
            var asked = ScriptHash().Matches(page[..Math.Min(page.Length, 4_096)]).Select(match => match.Value).ToList();
            return asked.Count > 0 && asked.TrueForAll(UiAssets.ReportScripts.Contains) ? page : null;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <returns>Null: the caller has been told why not.</returns>
    private async Task<string?> MakeAsync(HttpContext context, IReadOnlyList<string> paths, Func<string?> make)
    {
        if (paths.Select(RunShelf.TooMuch).FirstOrDefault(why => why is not null) is { } much)
        {
            await UiReply.RefuseAsync(context, 413, $"{much}; use 'chaosbench report' and 'chaosbench compare --html'").ConfigureAwait(false);
            return null;
        }

        await _making.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            return await Task.Run(make, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JournalException problem)
        {
            await UiReply.RefuseAsync(context, 422, problem.Message).ConfigureAwait(false);
            return null;
        }
        finally
        {
            _making.Release();
        }
    }

    private static Task NoRunAsync(HttpContext context) =>
        UiReply.RefuseAsync(context, 404, "there is no such run in this folder; the list of runs names those that there are");

    [GeneratedRegex("sha256-[A-Za-z0-9+/=]{44}")]
    private static partial Regex ScriptHash();
}
