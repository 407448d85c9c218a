using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Goldens;

/// <summary>New answers of one cohort beside the goldens of their cases.</summary>
internal sealed class Pairing
{
    private readonly Dictionary<string, List<GoldenRow>> _goldens;
    private readonly IReadOnlyList<float[]> _vectors;

    public Pairing(Golden golden, GoldenCohort cohort, IReadOnlyList<GoldenRow> rows, IReadOnlyList<float[]> vectors)
    {
        (Golden, Cohort, _vectors) = (golden, cohort, vectors);
        _goldens = golden.Embedded(cohort).GroupBy(row => row.Case, StringComparer.Ordinal).ToDictionary(one => one.Key, one => one.ToList(), StringComparer.Ordinal);
        var known = rows.Where(row => cohort.Is(row.Temperature, row.Batch) && _goldens.ContainsKey(row.Case)).ToList();
        Changed = known.Where(row => row.PromptSha256 != _goldens[row.Case][0].PromptSha256).Select(row => row.Case).Distinct().Count();
        var centres = _goldens.ToDictionary(one => one.Key, one => GoldenCalibration.Sum([.. one.Value.Select(row => golden.Vectors[row.Row!.Value])]), StringComparer.Ordinal);
        Candidates = [.. known.Select(row => new Candidate(row, Similarity(row, centres[row.Case])))];
    }

    public Golden Golden { get; }
    public GoldenCohort Cohort { get; }

    /// <summary>Cases whose prompt is not the one that was recorded.</summary>
    public int Changed { get; }

    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>By case: mean similarity of the new answers to the goldens, less that of the goldens' repeats among themselves.</summary>
    public List<(string Template, double Change)> Changes()
    {
        var selves = GoldenCalibration.Selves(_goldens.Values.SelectMany(rows => rows), Golden.Vectors)
            .Where(one => one.Similarities.Length > 0).ToDictionary(one => one.Case, one => one.Similarities.Average(), StringComparer.Ordinal);
        return [.. Candidates.GroupBy(one => one.Row.Case, StringComparer.Ordinal).Where(one => selves.ContainsKey(one.Key))
            .Select(one => (one.First().Row.Template, one.Average(answer => answer.Similarity) - selves[one.Key]))];
    }

    /// <summary>At most so many vectors of each side, whole cases, and a number for each case.</summary>
    public (List<float[]> Goldens, List<float[]> Candidates, List<int> Cases) Samples(int most)
    {
        var numbers = _goldens.Keys.Order(StringComparer.Ordinal).Select((name, number) => (name, number)).ToDictionary(one => one.name, one => one.number, StringComparer.Ordinal);
        var goldens = _goldens.Values.SelectMany(rows => rows).OrderBy(row => numbers[row.Case]).Take(most).ToList();
        var candidates = Candidates.Select(one => one.Row).Where(row => row.Row is not null).OrderBy(row => numbers[row.Case]).Take(most).ToList();
        return (
            [.. goldens.Select(row => Golden.Vectors[row.Row!.Value])], [.. candidates.Select(row => _vectors[row.Row!.Value])],
            [.. goldens.Concat(candidates).Select(row => numbers[row.Case])]);
    }

    public GoldenFinding Undecided(string check, string reasonCode, string sentence) =>
        new(Cohort.Label, check, FindingVerdict.Inconclusive, reasonCode, sentence) { Samples = Candidates.Count };

    /// <summary>An answer without a vector, empty or endless, is like nothing.</summary>
    private double Similarity(GoldenRow row, float[] centre) =>
        row.Row is { } at && Cosine.Similarity(_vectors[at], centre) is { IsKnown: true } cosine ? cosine.Value : 0;

    /// <param name="Similarity">Cosine with the mean golden of its case.</param>
    internal sealed record Candidate(GoldenRow Row, double Similarity);
}
