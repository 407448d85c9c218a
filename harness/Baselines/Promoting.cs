using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Baselines;

/// <summary>Who promotes, as what, and why.</summary>
internal sealed record PromotionOrder(string Name, string By, string? Reason, bool Force);

/// <summary>Whether a run may become a baseline.</summary>
internal static class Promoting
{
    /// <param name="folder">The run's own folder, no link to it.</param>
    /// <exception cref="UsageException">It does not read, or its verdict is no pass and nobody says why it shall count all the same.</exception>
    public static Promotion Of(string folder, PromotionOrder order, DateTimeOffset now)
    {
        try
        {
            // From the journal, not from summary.json: whatever was written into that, this is what was measured.
            var run = RunFolder.Load(folder);
            Refuse(folder, run, order);
            return new Promotion
            {
                Name = order.Name,
                Scenario = run.Manifest.Scenario,
                Run = Path.GetFileName(folder),
                StartedUtc = run.Manifest.StartedUtc,
                Print = RunPrint.Of(folder),
                Verdict = run.Summary.Verdict,
                PromotedUtc = now,
                By = order.By,
                Reason = order.Reason,
                Forced = order.Force && (run.Summary.Verdict != RunVerdict.Pass || run.Summary.Generator.Limited.Count > 0),
            };
        }
        catch (JournalException broken)
        {
            throw new UsageException(broken.Message);
        }
    }

    private static void Refuse(string folder, RunReport run, PromotionOrder order)
    {
        var verdict = run.Summary.Verdict;
        if (verdict is RunVerdict.Error or RunVerdict.Aborted or RunVerdict.Cancelled)
        {
            throw new UsageException(
                $"{folder}: not promoted: {run.Summary.Headline} No later run could be told from one that did not go to its end.");
        }

        // Without gates a run passes whatever its generator did.
        var why = run.Summary.Generator.Limited is [var limit, ..] ? limit : verdict != RunVerdict.Pass ? run.Summary.Headline : null;
        if (why is not null && !(order.Force && order.Reason is { Length: > 0 }))
        {
            throw new UsageException(
                $"{folder}: not promoted: its verdict is {Kebab.Of(verdict)}: {why} To make it a baseline all the same, say why: --force --reason TEXT.");
        }
    }
}
