using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Statistics.Distances;

/// <summary>
/// Whether two samples of vectors come from one law: squared maximum mean discrepancy with a Gaussian kernel, γ = 1/(2 median²)
/// (Gretton et al., Journal of Machine Learning Research 13, 2012), and the energy distance (Székely and Rizzo 2013). The chance is by
/// permutation, p = (1 + #{T_b >= T})/(1 + B) (Phipson and Smyth 2010), or by all splits where there are no more than asked for.
/// </summary>
/// <param name="Biased">MMD² with each vector also paired with itself.</param>
/// <param name="Unbiased">MMD² without those pairs.</param>
/// <param name="Energy">V-statistic.</param>
/// <param name="Median">Of all pairwise distances.</param>
/// <param name="MmdP">Of the biased MMD².</param>
/// <param name="Splits">Permutations drawn, or all that there are.</param>
public sealed record VectorTest(
    double Biased, double Unbiased, double Energy, double Median, double Gamma, double MmdP, double EnergyP, int Splits, bool Exhaustive)
{
    /// <summary>The matrices of pairs grow with the square.</summary>
    public const int MostVectors = 5_000;

    /// <param name="x">Vectors of one length.</param>
    /// <param name="settings">Null: 1,000 permutations, every vector a case of its own.</param>
    public static Answer<VectorTest> Of(IReadOnlyList<float[]> x, IReadOnlyList<float[]> y, VectorTestSettings? settings = null)
    {
        settings ??= new VectorTestSettings();
        if (Check(x, y, settings) is { } lack)
        {
            return lack;
        }

        var squares = PairMatrix.Distances([.. x, .. y]);
        var distances = squares.Select(Math.Sqrt);
        var median = QuantileEstimators.Of(distances.Pairs(), 0.5).Value;
        if (median == 0 && settings.Gamma is null)
        {
            return new Lack(LackKind.NoSpread, "half of the vectors or more are alike: the kernel has no width");
        }

        var gamma = settings.Gamma ?? 1 / (2 * median * median);
        var kernel = squares.Select(square => Math.Exp(-gamma * square));
        var groups = new Splits(settings.Cases ?? [.. Enumerable.Range(0, x.Count + y.Count)], x.Count, settings);
        var (seen, all) = (Statistics(kernel, distances, groups.Seen), groups.All().ToList());
        var (mmd, energy) = (0, 0);
        foreach (var split in all)
        {
            var (biased, _, spread) = Statistics(kernel, distances, split);
            mmd += biased >= seen.Biased - 1e-12 ? 1 : 0;
            energy += spread >= seen.Energy - 1e-12 ? 1 : 0;
        }

        // All splits hold the one that was seen; drawn ones need it added.
        double Chance(int count) => groups.Exhaustive ? (double)count / all.Count : (1.0 + count) / (1 + all.Count);
        return new VectorTest(
            seen.Biased, seen.Unbiased, seen.Energy, median, gamma, Chance(mmd), Chance(energy), all.Count, groups.Exhaustive);
    }

    private static (double Biased, double Unbiased, double Energy) Statistics(PairMatrix kernel, PairMatrix distances, double[] first)
    {
        var n = first.Sum();
        var m = first.Length - n;
        var (xx, yy, xy) = kernel.Sums(first);
        var (dxx, dyy, dxy) = distances.Sums(first);
        return (
            (xx / (n * n)) + (yy / (m * m)) - (2 * xy / (n * m)),
            ((xx - n) / (n * (n - 1))) + ((yy - m) / (m * (m - 1))) - (2 * xy / (n * m)),
            (2 * dxy / (n * m)) - (dxx / (n * n)) - (dyy / (m * m)));
    }

    private static Lack? Check(IReadOnlyList<float[]> x, IReadOnlyList<float[]> y, VectorTestSettings settings)
    {
        var all = x.Concat(y).ToList();
        return x.Count < 2 || y.Count < 2 ? Lack.NotEnough($"{x.Count} and {y.Count} vectors; this takes at least 2 in each sample")
            : all.Count > MostVectors ? Lack.NotDefined($"{all.Count} vectors are more than {MostVectors}; take a sample of them")
            : all.Exists(vector => vector.Length != x[0].Length || vector.Length == 0) ? Lack.NotDefined("the vectors have different dimensions")
            : all.Exists(vector => Array.Exists(vector, value => !float.IsFinite(value)))
                ? new Lack(LackKind.NotANumber, "a vector holds a value that is not a finite number")
            : settings.Cases is { } cases && cases.Count != all.Count ? Lack.NotDefined($"{cases.Count} cases for {all.Count} vectors")
            : null;
    }
}

/// <param name="Permutations">Drawn, unless there are no more splits than that: then all of them.</param>
/// <param name="Cases">One number for each vector, x first: vectors of one case move together. Null: each by itself.</param>
/// <param name="Gamma">Null: by the median heuristic.</param>
public sealed record VectorTestSettings(int Permutations = 1_000, ulong Seed = 1, IReadOnlyList<int>? Cases = null, double? Gamma = null);

/// <summary>Divisions of the joint sample into two groups, whole cases at a time.</summary>
internal sealed class Splits
{
    private readonly VectorTestSettings _settings;
    private readonly int[] _caseOf;
    private readonly int _cases;
    private readonly bool[] _seenCases;

    public Splits(IReadOnlyList<int> cases, int first, VectorTestSettings settings)
    {
        // A case whose repeats are in both samples is two cases: one of each sample.
        var names = cases.Select((name, i) => (name, i < first)).ToList();
        var numbers = names.Distinct().Select((name, number) => (name, number)).ToDictionary(pair => pair.name, pair => pair.number);
        _settings = settings;
        _caseOf = [.. names.Select(name => numbers[name])];
        _cases = numbers.Count;
        _seenCases = [.. numbers.OrderBy(pair => pair.Value).Select(pair => pair.Key.Item2)];
        var chosen = _seenCases.Count(member => member);
        Exhaustive = MathNet.Numerics.Combinatorics.Combinations(_cases, chosen) <= settings.Permutations;
    }

    public bool Exhaustive { get; }

    public double[] Seen => Members(_seenCases);

    public IEnumerable<double[]> All() => Exhaustive ? Every() : Drawn();

    private IEnumerable<double[]> Drawn()
    {
        var (random, members) = (new SplitMix64(_settings.Seed), _seenCases.ToArray());
        for (var number = 0; number < _settings.Permutations; number++)
        {
            for (var i = members.Length - 1; i > 0; i--)
            {
                var j = random.Next(i + 1);
                (members[i], members[j]) = (members[j], members[i]);
            }

            yield return Members(members);
        }
    }

    private IEnumerable<double[]> Every()
    {
        var chosen = _seenCases.Count(member => member);
        var places = Enumerable.Range(0, chosen).ToArray();
        while (true)
        {
            var members = new bool[_cases];
            Array.ForEach(places, place => members[place] = true);
            yield return Members(members);
            var last = chosen - 1;
            while (last >= 0 && places[last] == _cases - chosen + last)
            {
                last--;
            }

            if (last < 0)
            {
                yield break;
            }

            places[last]++;
            for (var i = last + 1; i < chosen; i++)
            {
                places[i] = places[i - 1] + 1;
            }
        }
    }

    private double[] Members(bool[] cases) => Array.ConvertAll(_caseOf, number => cases[number] ? 1.0 : 0.0);
}
