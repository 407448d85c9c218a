using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Shares;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// The share of right answers behind what a judge says: p = (said + specificity - 1) / (sensitivity + specificity - 1) (Rogan and Gladen 1978),
/// with an interval by parametric bootstrap over all three shares: what is not known of the judge makes it wider.
/// </summary>
internal static class JudgedShare
{
    private const int Resamples = 4_000;
    private const int FewestAnswers = 10;

    public static Ruling Decide(Objective objective, Measurements run, Slice slice)
    {
        if (run.Judged is not { } judged)
        {
            return Ruling.Undecided("judge-missing", "No judge was asked: the run ended before that.");
        }

        if (judged.Problem is { } problem)
        {
            return Ruling.Undecided(problem, $"The judge {judged.By} decides nothing: {judged.Detail}.");
        }

        var said = run.ShareOf(MetricId.JudgedRight, slice);
        if (said.Total < FewestAnswers)
        {
            return Ruling.Undecided(ReasonCodes.TooFewSamples, $"{said.Total} answers{Wording.Where(objective)} were judged; at least {FewestAnswers} are needed.") with { Samples = said.Total };
        }

        var (sensitivity, specificity) = ((double)judged.RightCalledRight / judged.Right, (double)judged.WrongCalledWrong / judged.Wrong);
        var corrected = DetectorCorrection.Apply(said.Value!.Value, sensitivity, specificity);
        if (!corrected.IsKnown)
        {
            return Ruling.Undecided("judge-no-better-than-a-coin", $"The judge {judged.By} decides nothing: {corrected.Lack!.Reason}.");
        }

        var (low, high) = Bounds(said, judged, run.Run.Seed);
        var verdict = AbsoluteJudge.Side(objective, low, high);
        return new Ruling
        {
            Verdict = verdict,
            ReasonCode = verdict switch { FindingVerdict.Pass => ReasonCodes.Held, FindingVerdict.Fail => ReasonCodes.Broken, _ => ReasonCodes.Straddles },
            Observed = corrected.Value,
            Samples = said.Total,
            Interval = new Interval(low, high, AbsoluteJudge.Confidence, "rogan-gladen bootstrap"),
            Advice = $"{Wording.Share(objective.Metric, corrected.Value, said.Total)}{Wording.Where(objective)}: {judged.By} called {Wording.Percent(said.Value.Value)} right, "
                + $"and it calls {Wording.Percent(sensitivity)} of right and {Wording.Percent(1 - specificity)} of wrong answers right ({judged.Right} and {judged.Wrong} known cases); "
                + $"{Wording.Asks(objective, "share")}{(verdict == FindingVerdict.Inconclusive ? ", too close to tell with 95 % confidence. More answers or more known cases would narrow it" : "")}.",
        };
    }

    /// <summary>
    /// Shares are drawn with one case added on either side (Agresti and Coull's way), so that a judge without a single error on few known
    /// cases is not taken for infallible.
    /// </summary>
    private static (double Low, double High) Bounds(ShareCount said, Journal.JournalEvent.Judged judged, ulong seed)
    {
        var random = KeyedHash.Stream(seed, "judge-correction");
        var values = new List<double>(Resamples);
        for (var number = 0; number < Resamples; number++)
        {
            var observed = Drawn(said.Hits, said.Total);
            var corrected = DetectorCorrection.Apply(observed, Drawn(judged.RightCalledRight, judged.Right), Drawn(judged.WrongCalledWrong, judged.Wrong));

            // A draw in which the judge is a coin says nothing about the share: it may be any.
            values.Add(corrected.IsKnown ? corrected.Value : random.NextDouble());
        }

        values.Sort();
        var tail = (int)Math.Floor((1 - AbsoluteJudge.Confidence) * Resamples);
        return (values[tail], values[^(tail + 1)]);

        double Drawn(double hits, long total)
        {
            var share = (hits + 1) / (total + 2);
            var drawn = 0;
            for (var at = 0; at < total; at++)
            {
                drawn += random.NextDouble() < share ? 1 : 0;
            }

            return (double)drawn / total;
        }
    }
}
