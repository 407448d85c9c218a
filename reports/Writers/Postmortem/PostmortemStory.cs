using System.Diagnostics;
using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Writers.Postmortem;

/// <summary>What happened, in order. Detections that repeat are told once between two other moments.</summary>
internal static class PostmortemStory
{
    /// <param name="Line">Of the journal; null: computed from many.</param>
    /// <param name="Repeats">Equal for detections of the same thing; null: never folded.</param>
    private sealed record Moment(long At, int? Line, Said What, string? Repeats = null);

    public static DraftSection Of(Measurements run)
    {
        var started = run.Run.StartedUtc;
        var moments = Fold(Moments(run).OrderBy(moment => moment.At).ThenBy(moment => moment.Line ?? int.MaxValue)).ToList();
        List<Said> told = [.. moments.Take(PostmortemDraft.MostLines).Select(moment =>
        {
            var source = moment.Line is { } line ? "line " + PostmortemDraft.Count(line) : "computed";
            var seconds = Nanos.ToSeconds(moment.At).ToString("0.000", CultureInfo.InvariantCulture);
            return Said.Of($"{seconds} s ({PostmortemDraft.Clock(started, moment.At)}, {source}): {moment.What}");
        })];
        if (moments.Count > PostmortemDraft.MostLines)
        {
            told.Add(Said.Plain($"{PostmortemDraft.Count(moments.Count - PostmortemDraft.MostLines)} more are in the journal."));
        }

        return new DraftSection("What happened",
        [
            new DraftBlock.Paragraph(Said.Plain("Seconds from the start of the run, UTC, and the line of the journal that says so.")),
            new DraftBlock.Points(told),
        ]);
    }

    /// <summary>What repeats between two other moments is told where it was first, with its number and its last instant.</summary>
    private static IEnumerable<Moment> Fold(IEnumerable<Moment> moments)
    {
        var stretch = new List<(Moment First, int Times, long Last)>();
        foreach (var moment in moments)
        {
            if (moment.Repeats is null)
            {
                foreach (var told in stretch)
                {
                    yield return Told(told.First, told.Times, told.Last);
                }

                stretch.Clear();
                yield return moment;
                continue;
            }

            var at = stretch.FindIndex(one => one.First.Repeats == moment.Repeats);
            if (at < 0)
            {
                stretch.Add((moment, 1, moment.At));
            }
            else
            {
                stretch[at] = (stretch[at].First, stretch[at].Times + 1, moment.At);
            }
        }

        foreach (var told in stretch)
        {
            yield return Told(told.First, told.Times, told.Last);
        }
    }

    private static Moment Told(Moment first, int times, long last) => times == 1 ? first : first with
    {
        What = Said.Of($"{first.What} {PostmortemDraft.Count(times)} times, the last at {Nanos.ToSeconds(last).ToString("0.000", CultureInfo.InvariantCulture)} s."),
    };

    private static IEnumerable<Moment> Moments(Measurements run)
    {
        foreach (var (line, entry) in run.Timeline)
        {
            switch (entry)
            {
                case JournalEvent.FaultTransition move:
                    var detail = move.Detail is { } why ? $": {why}" : "";
                    yield return new Moment(move.At, line, Said.Of($"{Said.Name(move.Fault)} {Moved(move.State)}{detail}."));
                    break;
                case JournalEvent.Detection seen:
                    var which = seen.Replica is { } replica ? " of replica " + PostmortemDraft.Count(replica) : "";
                    yield return new Moment(
                        seen.At, line, Said.Of($"{seen.By} noticed {seen.What}{which}."), $"{seen.By}\n{seen.What}\n{which}\n{seen.Target}");
                    break;
                case JournalEvent.Note note:
                    yield return new Moment(note.At, line, Said.Of($"note: {note.Text}"));
                    break;
                default:
                    break;
            }
        }

        foreach (var moment in run.Faults.SelectMany(Computed))
        {
            yield return moment;
        }

        if (run.Ending is { } ending && ending.Ending != RunEnding.Completed)
        {
            yield return new Moment(ending.At, null, Said.Of($"the run ended early ({Verdicts.Kebab.Of(ending.Ending).Replace('-', ' ')}): {ending.Reason ?? "no reason was given"}"));
        }
    }

    private static IEnumerable<Moment> Computed(FaultLog fault)
    {
        var (name, recovery) = (Said.Name(fault.Plan.Id), fault.Recovery);
        if (fault.InjectedAt is { } injected)
        {
            yield return new Moment(injected, fault.FirstAppliedLine, Said.Of(
                $"{name} met its first victim; {PostmortemDraft.Count(fault.Applied)} of {PostmortemDraft.Count(fault.Eligible)} eligible units in all."));
        }

        if (recovery.ImpactAt is { } impact)
        {
            yield return new Moment(impact, null, Said.Of(
                $"the first window breaks the steady state, {Wording.Duration(recovery.TimeToImpact ?? 0)} after {name} was injected."));
        }

        if (recovery.RecoveredAt is { } back && recovery.ImpactAt is not null)
        {
            // The definition leaves out bad windows in which another fault was active; a reader who subtracts the instants must be told.
            var residual = recovery.ResidualRecovery ?? 0;
            var others = fault.ClearedAt is { } cleared ? Nanos.ToSeconds(back - cleared) - residual : 0;
            var apart = others > 0.5 ? $", not counting {Wording.Duration(others)} in which another fault kept it away" : "";
            yield return new Moment(back, null, Said.Of($"the steady state is back, {Wording.Duration(residual)} after {name} was lifted{apart}."));
        }
    }

    private static string Moved(FaultState state) => state switch
    {
        FaultState.Ordered => "was due",
        FaultState.Active => "was put in place",
        FaultState.Cleared => "was lifted",
        FaultState.Healed => "was verified to be gone",
        FaultState.Failed => "could not be applied or healed",
        _ => throw new UnreachableException($"no words for {state}"),
    };
}
