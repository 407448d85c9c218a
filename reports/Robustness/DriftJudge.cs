using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Statistics.Multiplicity;
using ChaosBench.Reports.Statistics.Ranks;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Robustness;

/// <summary>
/// <c>drift of outputs within reference</c>: each property of prompts or answers against the same property of an earlier run. Numbers by
/// Kolmogorov and Smirnov, by Wasserstein's distance in interquartile ranges against what samples of these sizes from the reference alone have, and by
/// PSI and Jensen-Shannon in ten bins of the reference; names by PSI and Jensen-Shannon. No threshold is guessed: each is the law's at these
/// sizes, and a property has drifted when one of its tests says so with Holm's correction over all of them.
/// </summary>
internal static class DriftJudge
{
    /// <summary>Fewer values on a side see only what anybody would see.</summary>
    private const int Fewest = 50;
    private const int Draws = 399;

    public static Ruling Decide(Objective objective, Measurements run, Slice slice)
    {
        if (run.Run.Reference is not { } reference)
        {
            return Ruling.Undecided(ReasonCodes.NotMeasured, "The run was made without a reference; add reference: and the folder of an earlier run to the scenario.");
        }

        var tests = Tests(objective, run, slice, reference);
        if (tests.Count == 0)
        {
            return Ruling.Undecided(
                ReasonCodes.TooFewSamples, $"No property has {Fewest} values in this run and in {reference.Run}{Wording.Where(objective)}; run longer, or name a longer run.");
        }

        var corrected = Adjusted.Holm([.. tests.Select(test => test.Chance)]).Values;
        var properties = tests.Zip(corrected).GroupBy(pair => pair.First.Property).Select(group => new
        {
            Name = group.Key,
            Worst = group.MinBy(pair => pair.Second),
            Words = string.Join(", ", group.Select(pair => pair.First.Words)),
            group.First().First.Count,
        }).OrderBy(property => property.Worst.Second).ToList();
        var drifted = properties.FindAll(property => property.Worst.Second <= 1 - AbsoluteJudge.Confidence);
        var share = (double)drifted.Count / properties.Count;
        var seen = drifted.Count == 0
            ? $"None of {properties.Count} properties has left the distribution of {reference.Run}{Wording.Where(objective)}; nearest to it {properties[0].Name}: {properties[0].Words}"
            : $"{drifted.Count} of {properties.Count} properties have left the distribution of {reference.Run}{Wording.Where(objective)}: {string.Join("; ", drifted.Select(property => $"{property.Name}: {property.Words}"))}";
        return new Ruling
        {
            Verdict = Summaries.Satisfies(share, objective.Comparison, objective.Limit) ? FindingVerdict.Pass : FindingVerdict.Fail,
            ReasonCode = Summaries.Satisfies(share, objective.Comparison, objective.Limit) ? ReasonCodes.Held : ReasonCodes.Broken,
            Advice = $"{seen}. {(reference.PlanSha256 == run.Run.PlanSha256 ? "Both asked the same" : "The two asked different things")}; thresholds are those of samples of these sizes without drift, corrected for {tests.Count} tests.",
            Observed = share,
            Samples = properties.Max(property => property.Count),
            Chance = corrected.Min(),
            Parts = [.. properties.Select(property => new FindingPart(
                property.Name, property.Count, property.Worst.First.Value, null, property.Worst.First.Threshold,
                property.Worst.Second <= 1 - AbsoluteJudge.Confidence ? FindingVerdict.Fail : FindingVerdict.Pass, property.Worst.Second))],
        };
    }

    private static List<Test> Tests(Objective objective, Measurements run, Slice slice, DriftReference reference)
    {
        var tests = new List<Test>();
        foreach (var (name, values) in DriftProfile.Numbers(objective.Metric, run, slice))
        {
            if (reference.Numbers.TryGetValue(name, out var then) && then.Count >= Fewest && values.Count >= Fewest)
            {
                tests.AddRange(OfNumbers(name, [.. then], [.. values], run.Run.Seed));
            }
        }

        foreach (var (name, counts) in DriftProfile.Counts(objective.Metric, run, slice))
        {
            if (reference.Counts.TryGetValue(name, out var then) && then.Values.Sum() >= Fewest && counts.Values.Sum() >= Fewest)
            {
                var words = then.Keys.Union(counts.Keys).Order(StringComparer.Ordinal).ToList();
                tests.AddRange(OfBins(name, [.. words.Select(word => then.GetValueOrDefault(word))], [.. words.Select(word => counts.GetValueOrDefault(word))]));
            }
        }

        return tests;
    }

    private static IEnumerable<Test> OfNumbers(string name, double[] then, double[] now, ulong seed)
    {
        if (KolmogorovSmirnov.Of(then, now) is { IsKnown: true, Value: var steps })
        {
            yield return new Test(name, now.Length, steps.D, null, steps.P, string.Create(CultureInfo.InvariantCulture, $"KS {steps.D:0.000} (p {steps.P:0.0000})"));
        }

        if (Moved(name, then, now, seed) is { } moved)
        {
            yield return moved;
        }

        if (ReferenceBins.Of(then) is { IsKnown: true, Value: var bins })
        {
            foreach (var test in OfBins(name, bins.Count(then).Value, bins.Count(now).Value))
            {
                yield return test;
            }
        }
    }

    /// <summary>Wasserstein's distance against that of two samples of the same sizes drawn from the reference alone.</summary>
    private static Test? Moved(string name, double[] then, double[] now, ulong seed)
    {
        var range = then[then.Length * 3 / 4] - then[then.Length / 4];
        if (range <= 0)
        {
            return null;
        }

        double Distance(double[] one, double[] other) => Wasserstein.Of(one, other).Value / range;
        var random = KeyedHash.Stream(seed, "drift", name);
        double[] Sample(int count) => [.. Enumerable.Range(0, count).Select(_ => then[random.Next(then.Length)])];
        var seen = Distance(then, now);
        var law = Enumerable.Range(0, Draws).Select(_ => Distance(Sample(then.Length), Sample(now.Length))).Order().ToList();
        var (threshold, chance) = (law[(int)(Draws * AbsoluteJudge.Confidence)], (law.Count(value => value >= seen) + 1.0) / (Draws + 1));
        return new Test(name, now.Length, seen, threshold, chance, string.Create(CultureInfo.InvariantCulture, $"Wasserstein {seen:0.000} interquartile ranges (law {threshold:0.000})"));
    }

    private static IEnumerable<Test> OfBins(string name, long[] then, long[] now)
    {
        if (then.Length > 1 && Drift.Of(then, now) is { IsKnown: true, Value: var drift })
        {
            yield return new Test(
                name, (int)now.Sum(), drift.Psi, drift.Threshold, drift.P,
                string.Create(CultureInfo.InvariantCulture, $"PSI {drift.Psi:0.000} (law {drift.Threshold:0.000}), Jensen-Shannon {drift.JensenShannonDistance:0.000}"));
        }
    }

    /// <param name="Threshold">What <paramref name="Value"/> stays below without drift, 95 %.</param>
    private sealed record Test(string Property, int Count, double Value, double? Threshold, double Chance, string Words);
}
