using ChaosBench.Reports.Goldens;
using ChaosBench.Scenarios.Planning;
using Snapshot = ChaosBench.Reports.Goldens.Golden;

namespace ChaosBench.Tests.Reports.Goldens;

/// <summary>Goldens and answers made from a seed: unit vectors around one direction a case.</summary>
internal static class Snapshots
{
    public const int Dimension = 16;
    public const int Cases = 20;

    /// <param name="noise">How far repeats are from their case's direction.</param>
    public static Snapshot Golden(double noise = 0.1, int repeats = 5, ulong seed = 1)
    {
        var (rows, vectors) = Answers(noise, repeats, seed);
        return new Snapshot(
            new GoldenSnapshot
            {
                ToolVersion = "0.1.0",
                RecordedUtc = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
                Scenario = "steady",
                Seed = seed,
                Generator = new Dictionary<string, string> { ["model"] = "m" },
                Embedder = new EmbedderIdentity("hashed", "", Dimension) { Note = "made up" },
                Canaries = ["one", "two"],
                Polarity = new PolarityTest(0.5, 0.9, 0.9, 16),
                Alpha = 0.05,
                Cohorts = [GoldenCalibration.Of(0, 1, rows, vectors, 0.05)],
                ManifestSha256 = "",
                VectorsSha256 = "",
            },
            rows, vectors, [Unit(new SplitMix64(98)), Unit(new SplitMix64(99))]);
    }

    /// <param name="turned">Share of cases whose answers point elsewhere.</param>
    public static (List<GoldenRow> Rows, List<float[]> Vectors) Answers(double noise, int repeats, ulong seed, double turned = 0)
    {
        var random = new SplitMix64(seed);
        var (rows, vectors) = (new List<GoldenRow>(), new List<float[]>());
        for (var number = 0; number < Cases; number++)
        {
            var centre = Unit(new SplitMix64((ulong)(number < turned * Cases ? 5_000 : 1_000) + (ulong)number));
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                rows.Add(new GoldenRow
                {
                    Case = $"tickets/{number}", Repeat = repeat, Row = vectors.Count, Temperature = 0, Batch = 1, Template = $"template-{number % 6}",
                    PromptSha256 = "p" + number,
                });
                vectors.Add([.. centre.Zip(Unit(random), (value, other) => (float)(value + (noise * other)))]);
            }
        }

        return (rows, vectors);
    }

    private static float[] Unit(SplitMix64 random)
    {
        var vector = Enumerable.Range(0, Dimension).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var length = MathF.Sqrt(vector.Sum(value => value * value));
        return Array.ConvertAll(vector, value => value / length);
    }
}
