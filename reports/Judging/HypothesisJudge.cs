using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// The part of the hypothesis that no gate has to spell out: nothing that no service may say (at any time), the steady state back at the
/// end (when one was declared), canaries that were right before a fault right after it.
/// </summary>
internal static class HypothesisJudge
{
    private static readonly (HardFailKind Kind, string Objective, string What)[] HardFails =
    [
        (HardFailKind.PartialAsComplete, "no partial answer presented as complete", "were the beginning of the known answer and said that they were whole"),
        (HardFailKind.NotANumber, "no NaN in an answer", "held a number that is none"),
        (HardFailKind.CrossedAnswer, "no answer of another request", "held what only the prompt of another request has"),
    ];

    /// <summary>What was seen stays seen, also in a run that was cut short or whose generator was late.</summary>
    public static IEnumerable<Finding> Seen(Measurements run)
    {
        if (run.Run.ChecksAnswers != true)
        {
            yield break;
        }

        var answers = run.Requests.Where(request => request.Target == run.Candidate && request.Completed).Select(request => request.Arrival).ToHashSet();
        foreach (var (kind, objective, what) in HardFails)
        {
            var fails = run.HardFails.Where(fail => fail.Kind == kind && answers.Contains(fail.Arrival)).ToList();
            yield return Of(run, objective, "all", fails.Count == 0, ReasonCodes.HardFail, answers.Count, fails.Count == 0
                ? string.Create(CultureInfo.InvariantCulture, $"None of {answers.Count} answers.")
                : string.Create(CultureInfo.InvariantCulture, $"{fails.Count} of {answers.Count} answers {what}; the first is request {fails[0].Arrival}")
                    + (fails[0].Detail is { } detail ? $": {detail}." : "."))
                with { Observed = fails.Count };
        }
    }

    /// <summary>What a fault left behind.</summary>
    public static IEnumerable<Finding> Recovered(Measurements run)
    {
        if (run.Hypothesis is { IsDeclared: true, BrokenSince: { } broken } hypothesis)
        {
            yield return Of(run, "steady state back at the end", "recovery", false, ReasonCodes.DamageStays, hypothesis.After.Windows,
                $"The last windows of the run broke the steady state ({hypothesis.Text}) still, {Wording.Duration(broken)} after the "
                    + "last fault was lifted.") with { Observed = broken, Unit = "s" };
        }
        else if (run.Hypothesis is { IsDeclared: true, After.Windows: > 0 } held)
        {
            yield return Of(run, "steady state back at the end", "recovery", true, ReasonCodes.DamageStays, held.After.Windows,
                string.Create(CultureInfo.InvariantCulture, $"The steady state held in the last windows of the run; in {held.After.Held} of ")
                    + string.Create(CultureInfo.InvariantCulture, $"{held.After.Windows} after the faults.")) with { Observed = 0, Unit = "s" };
        }

        foreach (var fault in run.Faults.Where(fault => fault.InjectedAt is not null))
        {
            if (fault.Canaries is { Spoilt.Count: 0, Gap: { } gap } unheard)
            {
                yield return Of(run, $"canaries right after {fault.Plan.Id}", "recovery", false, ReasonCodes.TooFewSamples, unheard.After.Asked,
                    $"No canary {gap}: whether {fault.Plan.Id} leaves wrong answers behind is not known. Give canaries more weight in the mix, or "
                        + "make the phases longer.")
                    with { Verdict = FindingVerdict.Inconclusive, Unit = "share", Limit = 1 };
            }
            else if (fault.Canaries is { } canaries)
            {
                var whole = canaries.Spoilt.Count == 0;
                yield return Of(run, $"canaries right after {fault.Plan.Id}", "recovery", whole, ReasonCodes.DamageStays, canaries.After.Asked,
                    whole
                        ? string.Create(CultureInfo.InvariantCulture, $"Every one of {canaries.Paired} canaries that were always right before {fault.Plan.Id} was right after it.")
                        : string.Create(CultureInfo.InvariantCulture, $"{canaries.Spoilt.Count} of {canaries.Paired} canaries that were always right before ")
                            + $"{fault.Plan.Id} were answered wrong after it was lifted, for example {canaries.Spoilt[0]}: something of it stayed.")
                    with { Observed = canaries.After.Share, Limit = 1, Unit = "share" };
            }
        }
    }

    private static Finding Of(
        Measurements run, string objective, string phase, bool held, string broken, long samples, string advice) => new()
    {
        Objective = objective,
        Kind = FindingKinds.Hypothesis,
        Phase = phase,
        Target = run.Candidate,
        Limit = 0,
        Unit = "count",
        Samples = samples,
        Verdict = held ? FindingVerdict.Pass : FindingVerdict.Fail,
        ReasonCode = held ? ReasonCodes.Held : broken,
        Advice = advice,
    };
}
