using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Comparing;

/// <summary>What the numbers of two runs mean: those of one name and two definitions are never held against each other.</summary>
internal sealed class Meanings(RunReport before, RunReport after)
{
    /// <summary>By how much the offered load of two imported runs may differ before it explains a difference.</summary>
    private const double MostRate = 0.1;

    private readonly IReadOnlyDictionary<string, string> _before = Of(before);
    private readonly IReadOnlyDictionary<string, string> _after = Of(after);

    public static IReadOnlyDictionary<string, string> Of(RunReport run) =>
        run.Manifest.Import?.Definitions ?? MetricDefinitions.Own(run.Measurements.Run.OpenWorkload);

    /// <summary>How many requests failed is in neither's numbers, nor anywhere else.</summary>
    public bool IsOfAnswersAlone => _before.Concat(_after).Any(meaning => meaning.Value.EndsWith(MetricDefinitions.OkOnly, StringComparison.Ordinal));

    /// <summary>Neither run can tell it.</summary>
    public bool IsUntold(MetricId metric) => IsUntold(before, metric) && IsUntold(after, metric);

    /// <summary>Null: the two may be compared. Otherwise what to show instead of a verdict.</summary>
    public MetricComparison? Refused(Aspect aspect, Samples one, Samples other)
    {
        var name = Metrics.NameOf(aspect.Metric);
        var untold = IsUntold(before, aspect.Metric) || IsUntold(after, aspect.Metric);
        var (a, b) = (_before.GetValueOrDefault(name), _after.GetValueOrDefault(name));
        if (!untold && a == b)
        {
            return null;
        }

        return new MetricComparison
        {
            Metric = aspect.Name,
            Phase = Summaries.NameOf(aspect.Phase),
            Unit = aspect.Percent is null ? "share" : "s",
            Verdict = FindingVerdict.Inconclusive,
            ReasonCode = untold ? ReasonCodes.NotMeasured : ReasonCodes.DifferentDefinition,
            Method = "none",
            WorseIsMore = aspect.WorseIsMore,
            Counts = aspect.Counts,
            Before = IsUntold(before, aspect.Metric) ? null : Value(aspect, one),
            After = IsUntold(after, aspect.Metric) ? null : Value(aspect, other),
            DefinitionBefore = a,
            DefinitionAfter = b,
            WorthBefore = one.Values.Length,
            WorthAfter = other.Values.Length,
        };
    }

    public IEnumerable<string> Doubts()
    {
        foreach (var run in new[] { before, after })
        {
            if (run.Manifest.Import is { Partial: true } part)
            {
                yield return $"{part.Files[0].Name} was read in part only: {(part.Notes is [var why, ..] ? why : "it is cut")}";
            }
        }

        var (a, b) = (before.Manifest.Import?.OfferedRate, after.Manifest.Import?.OfferedRate);
        if (a is { } one && b is { } other && Math.Abs((other / one) - 1) > MostRate)
        {
            yield return $"The runs were not asked the same: {Wording.Number(one)} requests per second, then {Wording.Number(other)}.";
        }
    }

    /// <summary>What both tools printed, side by side; of one definition with the change, of two without.</summary>
    public IReadOnlyList<FigureComparison> Figures()
    {
        var (one, other) = (before.Manifest.Import?.Figures ?? [], after.Manifest.Import?.Figures ?? []);
        var found = new List<FigureComparison>();
        foreach (var figure in one)
        {
            var same = other.Where(of => of.Metric == figure.Metric && of.Statistic == figure.Statistic).ToList();
            var match = same.Find(of => of.Definition == figure.Definition) ?? same.FirstOrDefault();
            if (match is not null)
            {
                found.Add(Figure(figure, match));
            }
        }

        return found;
    }

    private FigureComparison Figure(PublishedFigure one, PublishedFigure other)
    {
        var percentiles = one.Statistic is ['p', ..] && before.Manifest.Import!.Percentiles != after.Manifest.Import!.Percentiles;
        var comparable = one.Definition == other.Definition && !percentiles;
        return new FigureComparison(
            one.Statistic, one.Unit, one.Value, other.Value, comparable && one.Value != 0 ? (other.Value / one.Value) - 1 : null, comparable,
            percentiles ? $"{one.Definition} {before.Manifest.Import!.Percentiles}" : one.Definition,
            percentiles ? $"{other.Definition} {after.Manifest.Import!.Percentiles}" : other.Definition);
    }

    private static bool IsUntold(RunReport run, MetricId metric) => run.Manifest.Import?.Untold.Contains(Metrics.NameOf(metric)) == true;

    private static double? Value(Aspect aspect, Samples samples) => samples.Values.Length == 0 ? null
        : aspect.Percent is { } percent
            ? Statistics.Quantiles.QuantileEstimators.OfSorted(Statistics.Quantiles.QuantileEstimators.Sorted(samples.Values), percent / 100)
            : samples.Values.Average();
}
