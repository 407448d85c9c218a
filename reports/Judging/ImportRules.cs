using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>What may not be concluded from another tool's file, because it does not tell all of the run.</summary>
internal static class ImportRules
{
    /// <param name="import">Null: the run is ChaosBench's own, and the ruling stands.</param>
    public static Ruling Temper(Ruling ruling, Objective objective, ImportFacts? import)
    {
        var metric = Metrics.NameOf(objective.Metric);
        if (import is null)
        {
            return ruling;
        }

        if (import.Untold.Contains(metric))
        {
            return Ruling.Undecided(ReasonCodes.NotMeasured, $"The file of {import.Tool} does not tell {Wording.NameOf(objective.Metric)}; judge by what it tells.");
        }

        if (ruling is { Samples: 0, ReasonCode: ReasonCodes.NotMeasured } && import.Figures.Count > 0)
        {
            var own = import.Figures.FirstOrDefault(figure => figure.Metric == metric && figure.Statistic == objective.Aggregation.ToString());
            var told = own is null ? "" : $" {import.Tool} itself tells {Wording.Quantity(own.Value, own.Unit)} ({own.Definition}), of its successes alone.";
            return ruling with { Advice = $"The file holds totals and no request, and no gate may rest on totals.{told}" };
        }

        if (import.Partial)
        {
            return ruling with
            {
                Verdict = FindingVerdict.Inconclusive, ReasonCode = ReasonCodes.RunCutShort,
                Advice = $"{ruling.Advice} But only a part of the file was read, so that this decides nothing.",
            };
        }

        // What failed would be infinitely late: with it the number is only worse, so that a fail stands and a pass does not.
        return ruling.Verdict == FindingVerdict.Pass && import.Definitions.GetValueOrDefault(metric)?.EndsWith(MetricDefinitions.OkOnly, StringComparison.Ordinal) == true
            ? ruling with
            {
                Verdict = FindingVerdict.Inconclusive, ReasonCode = ReasonCodes.NotMeasured,
                Advice = $"{ruling.Advice} But the file lists answered requests alone, and how many failed is not known: no pass may rest on it.",
            }
            : ruling;
    }

    /// <summary>Without the metrics that the file does not tell: an error rate of answered requests alone is no zero.</summary>
    public static IReadOnlyDictionary<string, TargetSummary> Told(IReadOnlyDictionary<string, TargetSummary> targets, ImportFacts? import) =>
        import is null || import.Untold.Count == 0 ? targets
            : targets.ToDictionary(target => target.Key, target => new TargetSummary(target.Value.Phases.ToDictionary(
                phase => phase.Key, phase => (IReadOnlyDictionary<string, MetricSummary>)phase.Value.Where(metric => !import.Untold.Contains(metric.Key)).ToDictionary())));

    /// <summary>Of a generator whose plan is not known it is not known either how late it was.</summary>
    public static GeneratorSummary Told(GeneratorSummary generator, ImportFacts? import) =>
        import?.Untold.Contains("dispatch_lag") == true ? generator with { DispatchLag = new MetricSummary { Count = 0, Unit = "s" } } : generator;
}
