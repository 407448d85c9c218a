using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using StudentT = MathNet.Numerics.Distributions.StudentT;

namespace ChaosBench.Reports.Goldens;

/// <summary>One statement about one cohort.</summary>
/// <param name="Check"><c>within</c> (share above the threshold), <c>paired</c> (mean change by case) or <c>distribution</c> (shown, never decides).</param>
/// <param name="Sentence">What was seen and what it means.</param>
public sealed record GoldenFinding(string Cohort, string Check, FindingVerdict Verdict, string ReasonCode, string Sentence)
{
    public double? Observed { get; init; }
    public double? Limit { get; init; }
    public Interval? Interval { get; init; }
    public long Samples { get; init; }
}

/// <summary>What <c>golden check --json</c> prints.</summary>
public sealed record GoldenReport(FindingVerdict Verdict, string Headline, IReadOnlyList<GoldenFinding> Findings)
{
    public int ExitCode => Verdict switch
    {
        FindingVerdict.Pass => ExitCodes.Pass,
        FindingVerdict.Fail => ExitCodes.Fail,
        FindingVerdict.Inconclusive => ExitCodes.Inconclusive,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>
/// New answers against a golden snapshot, three-valued. In each cohort two things must hold: the share of answers at or above the
/// threshold, and the mean change of similarity by case, with errors clustered by prompt template (Miller 2024). All must pass to pass;
/// a fail is claimed at a level divided by their number (Bonferroni).
/// </summary>
public static class GoldenCheck
{
    /// <summary>Largest mean loss of cosine that is not a regression.</summary>
    public const double Margin = 0.02;

    private const double Confidence = 0.95;
    private const int FewestCases = 5;

    /// <summary>The share that must lie within: the baseline itself is below with a chance of alpha, and as much again is tolerated.</summary>
    public static double LeastWithin(double alpha) => 1 - (2 * alpha);

    /// <param name="rows">Of the new answers; their rows index <paramref name="vectors"/>.</param>
    public static GoldenReport Compare(Golden golden, IReadOnlyList<GoldenRow> rows, IReadOnlyList<float[]> vectors, double margin = Margin)
    {
        var strict = 1 - ((1 - Confidence) / Math.Max(1, 2 * golden.Snapshot.Cohorts.Count));
        var findings = golden.Snapshot.Cohorts.SelectMany(cohort => Cohort(new Pairing(golden, cohort, rows, vectors), margin, strict)).ToList();
        if (findings.Count == 0)
        {
            findings.Add(new GoldenFinding("all", "within", FindingVerdict.Inconclusive, GoldenReasons.EmptyCohort, "The snapshot has no cohort."));
        }

        var deciding = findings.Where(finding => finding.Check != "distribution").ToList();
        var verdict = deciding.Exists(finding => finding.Verdict == FindingVerdict.Fail) ? FindingVerdict.Fail
            : deciding.Exists(finding => finding.Verdict == FindingVerdict.Inconclusive) ? FindingVerdict.Inconclusive : FindingVerdict.Pass;
        var first = deciding.Find(finding => finding.Verdict == verdict)!;
        var headline = verdict == FindingVerdict.Pass
            ? $"{deciding.Count} checks over {golden.Snapshot.Cohorts.Count} cohorts held; {golden.Snapshot.Embedder.Kind} embedder {golden.Snapshot.Polarity.Words}."
            : $"{first.Cohort}: {first.Sentence}";
        return new GoldenReport(verdict, headline, findings);
    }

    private static IEnumerable<GoldenFinding> Cohort(Pairing pairing, double margin, double strict)
    {
        if (pairing.Candidates.Count == 0)
        {
            return [pairing.Undecided("within", GoldenReasons.EmptyCohort, "No new answer of this cohort; ask with the same temperature and batch.")];
        }

        return pairing.Changed > 0
            ? [pairing.Undecided("within", GoldenReasons.OtherPrompts, $"{pairing.Changed} cases ask something else than when the snapshot was recorded.")]
            : [Within(pairing, strict), Paired(pairing, margin, strict), Distribution(pairing)];
    }

    private static GoldenFinding Within(Pairing pairing, double strict)
    {
        if (pairing.Cohort.Threshold is not { } threshold)
        {
            return pairing.Undecided("within", GoldenReasons.NoThreshold, $"There is no threshold: {pairing.Cohort.Lack}; record more repeats or cases.");
        }

        var limit = LeastWithin(pairing.Golden.Snapshot.Alpha);
        var hits = pairing.Candidates.Count(one => one.Similarity >= threshold - GoldenCalibration.Rounding);
        var (low, high) = Wilson.OneSided(hits, pairing.Candidates.Count, Confidence)!.Value;
        var worst = Wilson.OneSided(hits, pairing.Candidates.Count, strict)!.Value.High;
        var verdict = low > limit ? FindingVerdict.Pass : worst < limit ? FindingVerdict.Fail : FindingVerdict.Inconclusive;
        return new GoldenFinding(
            pairing.Cohort.Label, "within", verdict, Reason(verdict),
            FormattableString.Invariant($"{hits} of {pairing.Candidates.Count} answers are at least as like their goldens as {threshold:0.0000}; at least {limit * 100:0.#} % must be."))
        {
            Observed = (double)hits / pairing.Candidates.Count, Limit = limit, Samples = pairing.Candidates.Count,
            Interval = new Interval(low, high, Confidence, "wilson"),
        };
    }

    private static GoldenFinding Paired(Pairing pairing, double margin, double strict)
    {
        var changes = pairing.Changes();
        if (changes.Count < FewestCases)
        {
            return pairing.Undecided("paired", ReasonCodes.TooFewSamples, $"{changes.Count} cases have repeats on both sides; at least {FewestCases} are needed.");
        }

        var scores = changes.Select(change => change.Change).ToArray();
        var (mean, limit) = (scores.Average(), -margin);
        var clustered = ClusteredMean.Of(scores, [.. changes.Select(change => change.Template)]);
        FindingVerdict verdict;
        Interval? interval = null;
        if (clustered is { IsKnown: true, Value.StandardError: > GoldenCalibration.Rounding })
        {
            double Reach(double confidence) => StudentT.InvCDF(0, 1, clustered.Value.Clusters - 1, confidence) * clustered.Value.StandardError;
            verdict = AbsoluteJudge.Side(Comparison.Greater, mean - Reach(Confidence), double.PositiveInfinity, limit) == FindingVerdict.Pass ? FindingVerdict.Pass
                : mean + Reach(strict) < limit ? FindingVerdict.Fail : FindingVerdict.Inconclusive;
            interval = new Interval(mean - Reach(Confidence), mean + Reach(Confidence), Confidence, "t, clustered by template");
        }
        else
        {
            // All alike, or of one template: there is no deviation, and only how many cases lie on either side counts.
            var good = scores.Count(score => score > limit);
            verdict = Binomial.AtLeast(good, scores.Length, 0.5) <= 1 - Confidence ? FindingVerdict.Pass
                : Binomial.AtMost(good, scores.Length, 0.5) <= 1 - strict ? FindingVerdict.Fail : FindingVerdict.Inconclusive;
        }

        return new GoldenFinding(
            pairing.Cohort.Label, "paired", verdict, Reason(verdict),
            FormattableString.Invariant($"Over {scores.Length} cases the similarity changed by {mean:+0.0000;-0.0000;0} on average; a loss of {margin} is tolerated."))
        {
            Observed = mean, Limit = limit, Samples = scores.Length, Interval = interval,
        };
    }

    /// <summary>Diagnostic: tells that answers moved, not that they got worse.</summary>
    private static GoldenFinding Distribution(Pairing pairing)
    {
        var (left, right, cases) = pairing.Samples(500);
        var test = VectorTest.Of(left, right, new VectorTestSettings(1_000, pairing.Golden.Snapshot.Seed, cases));
        return test.IsKnown
            ? new GoldenFinding(
                pairing.Cohort.Label, "distribution", test.Value.MmdP > 0.05 ? FindingVerdict.Pass : FindingVerdict.Inconclusive, test.Value.MmdP > 0.05 ? "no-difference-seen" : "moved",
                FormattableString.Invariant($"MMD² {test.Value.Unbiased:0.0000} (p = {test.Value.MmdP:0.000}), energy distance {test.Value.Energy:0.0000} (p = {test.Value.EnergyP:0.000}), permuting whole cases."))
            { Observed = test.Value.MmdP, Samples = left.Count + right.Count }
            : pairing.Undecided("distribution", "no-test", test.Lack!.Reason);
    }

    private static string Reason(FindingVerdict verdict) => verdict switch
    {
        FindingVerdict.Pass => ReasonCodes.Held,
        FindingVerdict.Fail => ReasonCodes.Broken,
        _ => ReasonCodes.Straddles,
    };
}
