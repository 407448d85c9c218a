using System.Text.Json;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Statistics;

/// <summary>
/// Known answers from every <c>*.json</c> in <c>CHAOSBENCH_VECTORS</c> (default <c>../shared/research</c>). Topics that are not
/// implemented yet are skipped by name.
/// </summary>
public sealed class VectorTests
{
    private static readonly Dictionary<string, Action<JsonElement, JsonElement, double>> Topics = new(StringComparer.Ordinal)
    {
        ["quantile CI by binomial order statistics"] = OrderStatisticInterval,
        ["minimum n for a one-sided nonparametric bound"] = MinimumSamples,
        ["binomial intervals"] = WilsonInterval,
        ["quantile estimators"] = TypeSeven,
        ["interleaved run pairs, log-ratio of per-run p99"] = RunPairs,
        ["three-way verdict at the boundary"] = Boundary,
        ["Wald SPRT on error rate"] = Sprt,
    };

    public static TheoryData<string, string> Ids
    {
        get
        {
            var ids = new TheoryData<string, string>();
            foreach (var (id, topic) in All().Select(vector => (vector.GetProperty("id").GetString()!, vector.GetProperty("topic").GetString()!)))
            {
                ids.Add(id, topic);
            }

            if (ids.Count == 0)
            {
                ids.Add("none", "no vectors here: set CHAOSBENCH_VECTORS");
            }

            return ids;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Ids))]
    public void Vector_KnownAnswer_IsReproduced(string id, string topic)
    {
        Skip.IfNot(Topics.ContainsKey(topic), $"{topic}: not implemented");
        var vector = All().Single(vector => vector.GetProperty("id").GetString() == id);

        Topics[topic](vector.GetProperty("inputs"), vector.GetProperty("expected"), Math.Max(1e-12, vector.GetProperty("tolerance").GetDouble()));
    }

    private static void OrderStatisticInterval(JsonElement inputs, JsonElement expected, double tolerance)
    {
        var (lower, upper, coverage) = OrderStatistics.Interval(
            inputs.GetProperty("n").GetInt32(), inputs.GetProperty("p").GetDouble(), inputs.GetProperty("confidence").GetDouble())!.Value;

        Assert.Equal(expected.GetProperty("lower_rank_1based").GetInt32(), lower);
        Assert.Equal(expected.GetProperty("upper_rank_1based").GetInt32(), upper);

        // The incomplete beta function is good to about eleven digits; the vectors were summed term by term.
        Assert.Equal(expected.GetProperty("exact_coverage").GetDouble(), coverage, Math.Max(tolerance, 1e-10));
    }

    private static void MinimumSamples(JsonElement inputs, JsonElement expected, double tolerance) => Assert.Equal(
        expected.GetProperty("n_upper_bound_exists").EnumerateArray().Select(number => number.GetInt32()),
        inputs.GetProperty("pairs").EnumerateArray().Select(pair => OrderStatistics.MinimumSamples(pair[0].GetDouble(), pair[1].GetDouble())));

    private static void WilsonInterval(JsonElement inputs, JsonElement expected, double tolerance)
    {
        var (low, high) = Wilson.TwoSided(
            inputs.GetProperty("k").GetInt32(), inputs.GetProperty("n").GetInt32(), inputs.GetProperty("confidence").GetDouble())!.Value;

        Assert.Equal(expected.GetProperty("wilson")[0].GetDouble(), low, tolerance);
        Assert.Equal(expected.GetProperty("wilson")[1].GetDouble(), high, tolerance);
    }

    private static void TypeSeven(JsonElement inputs, JsonElement expected, double tolerance)
    {
        var values = new Distribution(Numbers(inputs.GetProperty("x")));
        foreach (var (probability, want) in Numbers(inputs.GetProperty("p")).Zip(Numbers(expected.GetProperty("type7_linear"))))
        {
            Assert.Equal(want, values.Quantile(probability)!.Value, tolerance);
        }
    }

    private static void RunPairs(JsonElement inputs, JsonElement expected, double tolerance)
    {
        var pairs = Numbers(inputs.GetProperty("candidate_p99_ms")).Zip(Numbers(inputs.GetProperty("baseline_p99_ms")));
        var bounds = MeanBounds.Of([.. pairs.Select(pair => Math.Log(pair.First / pair.Second))], 1 - inputs.GetProperty("alpha").GetDouble())!;

        Assert.Equal(expected.GetProperty("mean_log_ratio").GetDouble(), bounds.Mean, tolerance);
        Assert.Equal(expected.GetProperty("se").GetDouble(), bounds.StandardError, tolerance);
        Assert.Equal(expected.GetProperty("lower_ratio").GetDouble(), Math.Exp(bounds.Low), tolerance);
        Assert.Equal(expected.GetProperty("upper_ratio").GetDouble(), Math.Exp(bounds.High), tolerance);
        foreach (var verdict in expected.GetProperty("verdicts").EnumerateObject())
        {
            var margin = Math.Log(1 + double.Parse(verdict.Name));
            Assert.Equal(verdict.Value.GetString(), AbsoluteJudge.Side(Comparison.LessOrEqual, bounds.Low, bounds.High, margin).ToString(), ignoreCase: true);
        }
    }

    private static void Boundary(JsonElement inputs, JsonElement expected, double tolerance)
    {
        foreach (var (one, want) in inputs.GetProperty("cases").EnumerateArray().Zip(expected.GetProperty("verdicts").EnumerateArray()))
        {
            double Bound(string name) => one.GetProperty(name).ValueKind == JsonValueKind.Null ? double.NaN : one.GetProperty(name).GetDouble();
            var verdict = AbsoluteJudge.Side(Comparison.LessOrEqual, Bound("lower"), Bound("upper"), one.GetProperty("margin").GetDouble());
            Assert.Equal(Enum.Parse<FindingVerdict>(want.GetString()!, ignoreCase: true), verdict);
        }
    }

    private static void Sprt(JsonElement inputs, JsonElement expected, double tolerance)
    {
        double Input(string name) => inputs.GetProperty(name).GetDouble();
        var test = new WaldSprt(Input("p0"), Input("p1"), Input("alpha"), Input("beta"));
        foreach (var (state, want) in inputs.GetProperty("states").EnumerateArray().Zip(Numbers(expected.GetProperty("llr"))))
        {
            Assert.Equal(want, test.LogLikelihoodRatio(state[0].GetInt64(), state[1].GetInt64()), tolerance);
        }

        foreach (var property in expected.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Number))
        {
            Assert.Equal(property.Value.GetDouble(), property.Name.StartsWith("upper", StringComparison.Ordinal) ? test.Upper : test.Lower, tolerance);
        }
    }

    private static IEnumerable<double> Numbers(JsonElement list) => list.EnumerateArray().Select(number => number.GetDouble());

    private static List<JsonElement> All()
    {
        var folder = Environment.GetEnvironmentVariable("CHAOSBENCH_VECTORS") ?? Path.Combine(Repository.Root, "..", "shared", "research");
        return !Directory.Exists(folder) ? [] : [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).SelectMany(file =>
        {
            var root = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("vectors", out var vectors) ? vectors.EnumerateArray() : default;
        })];
    }
}
