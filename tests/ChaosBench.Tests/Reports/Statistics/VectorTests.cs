using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosBench.Tests.Reports.Statistics.Vectors;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Statistics;

/// <summary>
/// Known answers from every <c>*.json</c> in <c>CHAOSBENCH_VECTORS</c> (default <c>../shared/research</c>). For each topic we give what we
/// calculate under the names of the vector's own answers; an answer of the vector that we do not give is a failure, and so is a topic
/// that we do not know.
/// </summary>
public sealed class VectorTests
{
    private static readonly JsonSerializerOptions Naming = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly Dictionary<string, Func<JsonElement, object>> Topics = new IReadOnlyDictionary<string, Func<JsonElement, object>>[]
    {
        QuantileVectors.Topics, ShareVectors.Topics, RankVectors.Topics, DistanceVectors.Topics, ResamplingVectors.Topics,
        MeanVectors.Topics, SequentialVectors.Topics, TrendVectors.Topics, GateVectors.Topics, AnchorVectors.Topics,
    }.SelectMany(part => part).ToDictionary(StringComparer.Ordinal);

    /// <summary>Answers that show what another tool gets wrong.</summary>
    private static readonly string[] OfOtherTools = ["otava_p_uses_population_sd_ddof0", "psi_evidently_style_fill_1e-4_no_renorm"];

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
        Skip.If(id == "none", topic);
        var vector = All().Single(vector => vector.GetProperty("id").GetString() == id);
        Assert.True(Topics.ContainsKey(topic), $"{topic}: not implemented");

        var ours = JsonSerializer.SerializeToElement(Topics[topic](vector.GetProperty("inputs")), Naming);

        Compare(id, vector.GetProperty("expected"), ours, Math.Max(1e-12, vector.GetProperty("tolerance").GetDouble()));
    }

    private static void Compare(string at, JsonElement expected, JsonElement ours, double tolerance)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in expected.EnumerateObject().Where(property => !OfOtherTools.Contains(property.Name)))
                {
                    Assert.True(ours.TryGetProperty(property.Name, out var mine), $"{at}.{property.Name}: no answer of ours");
                    Compare($"{at}.{property.Name}", property.Value, mine, tolerance);
                }

                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), ours.GetArrayLength());
                foreach (var (i, (want, mine)) in expected.EnumerateArray().Zip(ours.EnumerateArray()).Index())
                {
                    Compare($"{at}[{i}]", want, mine, tolerance);
                }

                break;
            case JsonValueKind.Number:
                Assert.True(ours.ValueKind == JsonValueKind.Number, $"{at}: {ours} instead of {expected}");
                var (number, got) = (expected.GetDouble(), ours.GetDouble());

                // Absolute, and relative 1e-9 above 1; small chances are held to their digits too, not only to their size.
                var size = Math.Abs(number);
                var allowed = size > 1 ? Math.Max(tolerance, 1e-9 * size) : tolerance * (tolerance < 1e-3 ? Math.Max(size, 1e-3) : 1);
                Assert.True(Math.Abs(got - number) <= Math.Max(allowed, 1e-15), $"{at}: {got:R} instead of {number:R}, allowed {allowed:R}");
                break;
            default:
                Assert.Equal($"{at}: {expected}", $"{at}: {ours}", ignoreCase: true);
                break;
        }
    }

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
