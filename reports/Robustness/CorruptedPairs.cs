using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Robustness;

/// <summary>A prompt, whoever damaged it: set and id of the clean one.</summary>
internal readonly record struct PromptKey(string Set, string Id);

/// <summary>All that one target answered to one prompt, clean or under one corruption.</summary>
/// <param name="Cluster">Tag <c>template</c>, else <c>intent</c>, else the prompt itself: prompts of one template are not independent.</param>
internal sealed record Cell(string Cluster)
{
    public List<double> Values { get; } = [];

    public double Mean => Values.Average();
}

/// <summary>
/// Values of one metric by prompt and corruption. A request is corrupted when its prompt set damages another one (tag <c>mutator</c>), when
/// an input fault met it (tag <c>fault</c>), or when it is a worst case of a search (tag <c>variant=worst</c>); its clean twin is the same
/// prompt without that.
/// </summary>
internal sealed class CorruptedPairs
{
    private readonly Dictionary<PromptKey, Cell> _clean = [];
    private readonly Dictionary<string, Dictionary<PromptKey, Cell>> _corrupted = new(StringComparer.Ordinal);

    /// <summary>Names of corruptions with any value, in order.</summary>
    public IEnumerable<string> Corruptions => _corrupted.Keys.Order(StringComparer.Ordinal);

    public static CorruptedPairs Of(Objective objective, IEnumerable<Request> requests)
    {
        var pairs = new CorruptedPairs();
        foreach (var request in requests)
        {
            var value = Metrics.IsDistribution(objective.Metric) ? MetricValues.Of(objective.Metric, request) : MetricValues.ShareOf(objective.Metric, request);
            if (value is { } known)
            {
                pairs.CellOf(request).Values.Add(known);
            }
        }

        return pairs;
    }

    /// <summary>Prompts that were asked clean and under this corruption.</summary>
    public Dictionary<PromptKey, (Cell Clean, Cell Corrupted)> Under(string corruption) => !_corrupted.TryGetValue(corruption, out var cells) ? []
        : cells.Where(cell => _clean.ContainsKey(cell.Key)).ToDictionary(cell => cell.Key, cell => (_clean[cell.Key], cell.Value));

    private Cell CellOf(Request request)
    {
        var tags = request.Cohort.Tags;
        var (corruption, key) =
            tags.TryGetValue("mutator", out var mutator) ? (mutator, new PromptKey(tags.GetValueOrDefault("from", request.Cohort.Prompts), CleanId(request.PromptId, mutator)))
            : tags.TryGetValue("fault", out var fault) ? (fault, new PromptKey(request.Cohort.Prompts, request.PromptId))
            : tags.TryGetValue("find", out var find) ? (tags.GetValueOrDefault("variant") == "worst" ? "worst-case" : null, new PromptKey(request.Cohort.Prompts, find))
            : ((string?)null, new PromptKey(request.Cohort.Prompts, request.PromptId));
        var cells = corruption is null ? _clean
            : _corrupted.TryGetValue(corruption, out var known) ? known : _corrupted[corruption] = [];
        if (!cells.TryGetValue(key, out var cell))
        {
            var cluster = tags.GetValueOrDefault("template") ?? tags.GetValueOrDefault("intent") ?? $"{key.Set}/{key.Id}";
            cells[key] = cell = new Cell(cluster);
        }

        return cell;
    }

    private static string CleanId(string id, string mutator) =>
        id.EndsWith("~" + mutator, StringComparison.Ordinal) ? id[..^(mutator.Length + 1)] : id;
}
