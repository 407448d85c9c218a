using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Robustness;

/// <summary>What prompts and answers are like, property by property: numbers as they are, names as counts.</summary>
public static class DriftProfile
{
    /// <summary>Values of a property that are kept; of more, as many evenly spaced quantiles.</summary>
    private const int MostValues = 1_000;

    /// <summary>Of the candidate's measured phases. Warm-up and requests that we cancelled say nothing.</summary>
    /// <param name="name">Of the run's folder.</param>
    public static DriftReference Of(Measurements run, string name)
    {
        ArgumentNullException.ThrowIfNull(run);
        MetricId[] both = [MetricId.PromptDrift, MetricId.OutputDrift];
        var slice = new Slice(run.Candidate);
        return new DriftReference(
            name, run.Run.PlanSha256,
            new SortedDictionary<string, IReadOnlyList<double>>(both.SelectMany(metric => Numbers(metric, run, slice)).ToDictionary(), StringComparer.Ordinal),
            new SortedDictionary<string, IReadOnlyDictionary<string, long>>(both.SelectMany(metric => Counts(metric, run, slice)).ToDictionary(), StringComparer.Ordinal));
    }

    /// <summary>Names of the properties that belong to a metric.</summary>
    internal static bool IsOf(MetricId metric, string property) => (metric == MetricId.PromptDrift) == property.StartsWith("prompt", StringComparison.Ordinal);

    internal static IEnumerable<KeyValuePair<string, IReadOnlyList<double>>> Numbers(MetricId metric, Measurements run, Slice slice)
    {
        (string Name, Func<RawRequest, int?> Value)[] properties = metric == MetricId.PromptDrift
            ? [("prompt tokens", request => request.InputTokens)]
            : [("answer characters", request => request.OutputChars), ("answer tokens", request => request.OutputTokens)];
        foreach (var (name, value) in properties)
        {
            double[] values = [.. run.In(slice).Where(request => request.Completed || metric == MetricId.PromptDrift).Select(request => value(request.Raw)).OfType<int>().Select(number => (double)number).Order()];
            if (values.Length > 0)
            {
                yield return new(name, values.Length <= MostValues ? values
                    : [.. Enumerable.Range(0, MostValues).Select(at => values[(int)((at + 0.5) * values.Length / MostValues)])]);
            }
        }
    }

    internal static IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, long>>> Counts(MetricId metric, Measurements run, Slice slice)
    {
        (string Name, Func<RawRequest, string?> Value)[] properties = metric == MetricId.PromptDrift
            ? [("prompt set", request => request.Cohort.Prompts), ("prompt language", request => request.Cohort.Tags.GetValueOrDefault("lang"))]
            : [("answer outcome", request => Kebab.Of(request.Outcome)), ("answer finish reason", request => request.FinishReason)];
        foreach (var (name, value) in properties)
        {
            var counts = run.In(slice).Where(request => !request.Censored).Select(request => value(request.Raw)).OfType<string>().CountBy(word => word, StringComparer.Ordinal)
                .ToDictionary(count => count.Key, count => (long)count.Value, StringComparer.Ordinal);
            if (counts.Count > 0)
            {
                yield return new(name, new SortedDictionary<string, long>(counts, StringComparer.Ordinal));
            }
        }
    }
}
