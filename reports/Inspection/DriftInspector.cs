using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Statistics.Ranks;

namespace ChaosBench.Reports.Inspection;

/// <summary>
/// Whether prompts are still of the law of a reference: lengths in ten bins cut at the reference's quantiles, languages and tags as they
/// are, each by PSI against the threshold that the law of the sample sizes gives.
/// </summary>
internal static class DriftInspector
{
    /// <summary>Below so many prompts on either side any change stays under the threshold, and "no drift" would be said of nothing.</summary>
    public const int Fewest = 30;

    private const int MostValues = 30;
    private const string Others = "(others)";

    public static List<DriftFinding> Compare(List<Inspector.Subject> subjects, List<Inspector.Subject> reference)
    {
        var findings = new List<DriftFinding>
        {
            Lengths(subjects, reference),
            Categories("language", [.. subjects.Select(subject => subject.Language)], [.. reference.Select(subject => subject.Language)]),
        };
        var names = reference.SelectMany(subject => subject.Prompt.Tags.Keys).Concat(subjects.SelectMany(subject => subject.Prompt.Tags.Keys)).Distinct().Order(StringComparer.Ordinal);
        findings.AddRange(names.Select(name => Categories(
            $"tag {name}", [.. subjects.Select(subject => subject.Prompt.Tags.GetValueOrDefault(name) ?? "(none)")],
            [.. reference.Select(subject => subject.Prompt.Tags.GetValueOrDefault(name) ?? "(none)")])));
        return findings;
    }

    private static DriftFinding Lengths(List<Inspector.Subject> subjects, List<Inspector.Subject> reference)
    {
        const string Property = "length in characters";
        var bins = ReferenceBins.Of([.. reference.Select(subject => (double)subject.Text.Length)]);
        if (!bins.IsKnown)
        {
            return new DriftFinding(Property, null, null, false, bins.Lack!.Reason);
        }

        var (then, now) = (bins.Value.Count([.. reference.Select(subject => (double)subject.Text.Length)]), bins.Value.Count([.. subjects.Select(subject => (double)subject.Text.Length)]));
        return then.IsKnown && now.IsKnown
            ? Of(Property, then.Value, now.Value, Moved(reference, subjects))
            : new DriftFinding(Property, null, null, false, (then.Lack ?? now.Lack)!.Reason);
    }

    private static DriftFinding Categories(string property, IReadOnlyList<string> now, IReadOnlyList<string> then)
    {
        var common = then.Concat(now).CountBy(value => value, StringComparer.Ordinal).OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal)
            .Take(MostValues).Select(value => value.Key).ToList();
        if (common.Count < 2)
        {
            return new DriftFinding(property, 0, 0, false, "the same single value in both");
        }

        long[] Counts(IReadOnlyList<string> values)
        {
            var counts = values.CountBy(value => common.Contains(value) ? value : Others, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
            return [.. common.Append(Others).Select(value => (long)counts.GetValueOrDefault(value)).SkipLast(counts.ContainsKey(Others) ? 0 : 1)];
        }

        var (old, current) = (Counts(then), Counts(now));
        return old.Length == current.Length
            ? Of(property, old, current)
            : new DriftFinding(property, null, null, false, "too many values to compare");
    }

    /// <summary>What bins do not see: the largest step between the two, and how far characters would have to be carried.</summary>
    private static string Moved(List<Inspector.Subject> reference, List<Inspector.Subject> subjects)
    {
        double[] then = [.. reference.Select(subject => (double)subject.Text.Length)];
        double[] now = [.. subjects.Select(subject => (double)subject.Text.Length)];
        var (steps, carried) = (KolmogorovSmirnov.Of(then, now), Wasserstein.Of(then, now));
        return steps.IsKnown && carried.IsKnown
            ? FormattableString.Invariant($"; Kolmogorov-Smirnov {steps.Value.D:0.000} (p {steps.Value.P:0.0000}), Wasserstein {carried.Value:0.#} characters") : "";
    }

    private static DriftFinding Of(string property, long[] then, long[] now, string more = "")
    {
        var (few, drift) = (Math.Min(then.Sum(), now.Sum()), Drift.Of(then, now));
        if (few < Fewest)
        {
            return new DriftFinding(property, null, null, false, FormattableString.Invariant($"cannot be told from {few} prompts; it takes at least {Fewest} of each"));
        }

        if (!drift.IsKnown)
        {
            return new DriftFinding(property, null, null, false, drift.Lack!.Reason);
        }

        var drifted = drift.Value.Psi > drift.Value.Threshold;
        return new DriftFinding(
            property, drift.Value.Psi, drift.Value.Threshold, drifted,
            FormattableString.Invariant($"PSI {drift.Value.Psi:0.0000}, {(drifted ? "above" : "not above")} {drift.Value.Threshold:0.0000}, which samples of these sizes stay below without drift (95 %); Jensen-Shannon {drift.Value.JensenShannonDistance:0.000}{more}"));
    }
}
