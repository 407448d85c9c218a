using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Reports.Statistics.Ranks;
using ChaosBench.Reports.Statistics.Resampling;
using ChaosBench.Reports.Statistics.Shares;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Benchmarks;

/// <summary>Seconds for the statistics of one comparison; all data are drawn from a seed, one thread.</summary>
internal static class StatisticsBenchmark
{
    private const int Rounds = 3;
    private const int Pairs = 8;
    private const int Requests = 10_000;

    public static Task<Report> RunAsync()
    {
        var (baseline, candidate) = (Runs(1), Runs(2));
        var (one, other) = (Vectors(10_000, 384, 3), Vectors(10_000, 384, 4));
        var (x, y) = (Split(Vectors(500, 384, 5), 384), Split(Vectors(500, 384, 6), 384));
        double[] first = baseline[0], second = candidate[0];
        return Task.FromResult(new Report($"{Rounds} rounds after one that is not counted", [
            Row($"all statistics of an A/B of {Pairs} x 2 x {Requests:N0} requests", 5, () => Compare(baseline, candidate)),
            Row("bootstrap of a p99 difference, 10,000 resamples of 10,000", 1, () =>
                QuantileBootstrap.Differences(second, first, 0.99, logs: false, 10_000, 7).Value[0]),
            Row("10,000 embeddings of 384 dimensions with their goldens", 0.1, () => Cosine.Rows(one, other, 384).Value[0].Value),
            Row("MMD and energy, 1,000 permutations of 500 + 500 vectors", 5, () => VectorTest.Of(x, y).Value.MmdP),
        ]));
    }

    private static Row Row(string measure, double goal, Func<double> work)
    {
        work();
        var samples = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var from = Machine.Clock.GetTimestamp();
            var result = work();
            samples.Add(Machine.Seconds(from, Machine.Clock.GetTimestamp()));
            ArgumentOutOfRangeException.ThrowIfEqual(double.IsNaN(result), true);
        }

        return new Row(measure, "s", samples, goal, AtMost: true);
    }

    /// <summary>Everything that is known about two samples of latencies and of passed cases, pair of runs by pair of runs.</summary>
    private static double Compare(double[][] baseline, double[][] candidate)
    {
        var sum = 0.0;
        for (var pair = 0; pair < Pairs; pair++)
        {
            sum += OfPair(candidate[pair], baseline[pair], (ulong)pair);
        }

        double[] p99(double[][] runs) => Array.ConvertAll(runs, run => QuantileEstimators.Of(run, 0.99).Value);
        var (mine, theirs) = (p99(candidate), p99(baseline));
        double[] ratios = [.. mine.Zip(theirs, (a, b) => Math.Log(a / b))];
        return sum + MeanBounds.Of(ratios)!.Mean + LogWelch.Of(mine, theirs).Value.LogRatio + SignFlip.Greater(ratios).Value
            + SignedRank.Of(ratios).Value.TwoSided
            + Bootstrap.Of(ratios, values => values.ToArray().Average(), Resamples.Drawn(Pairs, 10_000, 1)).Value.Bca().Value.Low;
    }

    private static double OfPair(double[] mine, double[] theirs, ulong seed)
    {
        var sum = 0.0;
        foreach (var probability in (ReadOnlySpan<double>)[0.5, 0.95, 0.99])
        {
            sum += QuantileEstimators.Of(mine, probability).Value + QuantileEstimators.HarrellDavis(theirs, probability).Value
                + QuantileRatio.Of(mine, theirs, probability).Value.Ratio
                + QuantileBootstrap.Differences(mine, theirs, probability, logs: true, 10_000, seed).Value[0];
        }

        var (slow, slower) = (mine.Count(value => value > 2), theirs.Count(value => value > 2));
        var dependence = Autocorrelation.Of(mine).Value;
        return sum + MannWhitney.Of(mine, theirs).Value.Superiority + HodgesLehmann.Of(mine, theirs).Value.Shift
            + BrunnerMunzel.Of(mine, theirs).Value.TwoSided + KolmogorovSmirnov.Of(mine, theirs).Value.D
            + Wasserstein.Of(mine, theirs).Value + EnergyDistance.Of(mine, theirs).Value.V + dependence.Effective
            + Newcombe.Independent(slow, Requests, slower, Requests).Value.Difference + McNemar.Of(slow, slower + 1).Value.TwoSided
            + RatioEstimate.Of(mine, Array.ConvertAll(mine, value => value > 2 ? 0.0 : 1.0)).Value.Ratio
            + Bootstrap.Of(mine, Mean, Resamples.MovingBlocks(Requests, dependence.BlockLength, 200, seed)).Value.StandardError;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static double[][] Runs(ulong seed)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, Pairs).Select(_ => Enumerable.Range(0, Requests).Select(_ => 0.1 + random.NextExponential()).ToArray())];
    }

    private static float[] Vectors(int count, int dimension, ulong seed)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count * dimension).Select(_ => (float)random.NextDouble() - 0.5f)];
    }

    private static float[][] Split(float[] numbers, int dimension) => [.. numbers.Chunk(dimension)];
}
