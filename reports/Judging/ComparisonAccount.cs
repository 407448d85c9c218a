using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Judging;

/// <summary>How the versions of an A/B run were compared, for the summary.</summary>
internal static class ComparisonAccount
{
    /// <summary>Null for a run of one version.</summary>
    public static ComparisonSummary? Of(Measurements run, RunFacts facts)
    {
        if (run.Baseline is not { } baseline)
        {
            return null;
        }

        var notes = new List<string> { DesignWords.Starts(run.Run.Fresh) };
        var summary = (run.Run.Sharing?.Kind, run.Shadow) switch
        {
            (SharingKind.Split, _) => Split(run, run.Run.Sharing!, baseline, notes),
            (SharingKind.Shadow, { } log) => Mirrored(log, facts, notes),
            _ => new ComparisonSummary { Design = "turns", Notes = [] },
        };
        if (run.Run.Fresh is not null)
        {
            summary = summary with { FreshStarts = Started(run, [run.Candidate, baseline], notes) };
        }

        if (run.Run.Pairs is { } limits)
        {
            var played = run.Requests.Where(request => request.Phase != Scenarios.Model.Phase.WarmUp && request.Block > 0).Select(request => request.Block).Distinct().Count();
            notes.Add(run.Decided is { } decided
                ? Text($"It went on until it was decided: after {decided.Pairs} pairs of blocks of at most {limits.Most}; {played} were played.")
                : Text($"It went on until its budget was used up: {played} of {limits.Most} pairs of blocks, and something is still open."));
            summary = summary with { Pairs = played, MostPairs = limits.Most, DecidedAfter = run.Decided?.Pairs };
        }

        return summary with { Notes = notes };
    }

    /// <summary>A cold start is no request and in no gate; how long it takes is told beside them.</summary>
    private static SortedDictionary<string, StartSummary> Started(Measurements run, string[] targets, List<string> notes)
    {
        var summaries = new SortedDictionary<string, StartSummary>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            var starts = run.Starts.Where(start => start.Target == target).ToList();
            if (starts.Count == 0)
            {
                continue;
            }

            var seconds = QuantileEstimators.Sorted([.. starts.Select(start => Scenarios.Nanos.ToSeconds(start.Took))]);
            var summary = summaries[target] = new StartSummary(
                starts.Count, seconds[0], QuantileEstimators.OfSorted(seconds, 0.5), seconds[^1], starts.Sum(start => start.Requests), starts.Sum(start => start.Unanswered));
            notes.Add(Text($"{target} came up {(summary.Count == 1 ? "once" : FormattableString.Invariant($"{summary.Count} times"))} in {Wording.Duration(summary.Median)} (median; {Wording.Duration(summary.Fastest)} to {Wording.Duration(summary.Slowest)})")
                + (summary.Unanswered > 0 ? Text($"; {summary.Unanswered} of {summary.Requests} unmeasured requests were not answered.") : "."));
        }

        return summaries;
    }

    private static ComparisonSummary Split(Measurements run, TrafficSharing sharing, string baseline, List<string> notes)
    {
        var (mine, theirs) = (run.In(new Slice(run.Candidate)).Count(), run.In(new Slice(baseline)).Count());
        var share = mine + theirs == 0 ? (double?)null : (double)mine / (mine + theirs);
        notes.Add(Text($"Both had traffic at the same time: {mine} requests went to the candidate and {theirs} to the baseline ({Wording.Percent(share ?? 0)}; {Wording.Percent(sharing.CandidateShare ?? 0)} was asked for), ")
            + Text($"and every {sharing.Rotate:0.###} s it was drawn anew who goes where. The smaller side decides how much can be told."));
        return new ComparisonSummary { Design = "split", Notes = [], CandidateRequests = mine, BaselineRequests = theirs };
    }

    private static ComparisonSummary Mirrored(ShadowLog log, RunFacts facts, List<string> notes)
    {
        notes.Add(Text($"Mirrored traffic: users got the baseline's answers, of which {log.UsersFailed} of {log.Requests} failed. Of the copies {log.CopiesFailed} failed, which no user saw ")
            + Text($"({log.OnlyCopyFailed} where the user's request did not fail, and {log.OnlyUserFailed} the other way round)."));
        notes.Add(log.BothAnswered == 0 ? "No request was answered by both versions."
            : Text($"{log.SameAnswer} of {log.BothAnswered} requests that both answered got the very same answer ({Wording.Percent((double)log.SameAnswer / log.BothAnswered)}, by its hash; another wording is another answer)."));
        if (facts.SharedMachine)
        {
            notes.Add("Both versions ran on this machine: the copies were load beside the users' requests, so that both are slower than one version alone would be. Compare them with each other, not with a limit that was set for one.");
        }

        return new ComparisonSummary
        {
            Design = "shadow",
            Notes = [],
            CandidateRequests = log.Requests,
            BaselineRequests = log.Requests,
            UsersFailed = log.UsersFailed,
            CopiesFailed = log.CopiesFailed,
            BothAnswered = log.BothAnswered,
            SameAnswer = log.SameAnswer,
        };
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
