using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Calibrating;

/// <summary>
/// The recorded pairs of one regression under one gate, and verdicts drawn from them. Neighbouring pairs are drawn together (moving
/// blocks, Künsch 1989): what ails a machine lasts longer than a pair, and each second pair has its arms in the order that mirrors
/// the one before.
/// </summary>
internal sealed class RecordedPairs
{
    /// <summary>Neighbours that are drawn together, where a round has so many.</summary>
    public const int Run = 4;

    private readonly Objective _gate;
    private readonly BlockSample _sample;
    private readonly int[] _starts;
    private readonly int _run;

    private RecordedPairs(Objective gate, BlockSample sample, int[] starts, int run) =>
        (_gate, _sample, _starts, _run) = (gate, sample, starts, run);

    public int Count => _sample.Count;

    /// <summary>Latencies that are alike to the last digit in every pair: nothing was measured.</summary>
    public bool AllAlike => _sample.Values is not null
        && _sample.Pairs.All(pair => pair.Candidate.Values.Order().SequenceEqual(pair.Baseline.Values.Order()));

    /// <summary>Over everything that was recorded.</summary>
    public Ruling All() => BaselineJudge.Decide(_gate, _sample, null, null);

    public static RecordedPairs Of(Objective gate, IEnumerable<Measurements> rounds)
    {
        var pairs = new List<BlockPair>();
        var lengths = new List<int>();
        foreach (var round in rounds)
        {
            var slice = new Slice(round.Candidate, gate.Phase, gate.Cohort);
            var found = BlockFold.Pairs(gate, round, slice, slice with { Target = round.Baseline ?? "" });
            pairs.AddRange(found);
            lengths.Add(found.Count);
        }

        var run = Math.Clamp(lengths.DefaultIfEmpty(0).Max(), 1, Run);
        var starts = new List<int>();
        var first = 0;
        foreach (var length in lengths)
        {
            for (var at = 0; at + run <= length; at += 2)
            {
                starts.Add(first + at);
            }

            first += length;
        }

        return new RecordedPairs(gate, BlockSample.Of(gate, pairs), [.. starts], run);
    }

    /// <summary>The verdict on <paramref name="pairs"/> pairs drawn with replacement.</summary>
    /// <param name="among">Starts of runs to draw from; null: all.</param>
    public Ruling Verdict(int pairs, SplitMix64 random, int[]? among = null)
    {
        var starts = among ?? _starts;
        var weights = new int[_sample.Pairs.Count];
        for (var left = pairs; left > 0; left -= _run)
        {
            var start = starts[random.Next(starts.Length)];
            for (var at = 0; at < Math.Min(_run, left); at++)
            {
                weights[start + at]++;
            }
        }

        return BaselineJudge.Decide(_gate, _sample.Weighted(weights), null, null);
    }

    /// <summary>As if other pairs had been recorded: as many runs as they are long, drawn with replacement.</summary>
    public int[] Again(SplitMix64 random)
    {
        var runs = new int[Math.Max(1, Count / _run)];
        for (var at = 0; at < runs.Length; at++)
        {
            runs[at] = _starts[random.Next(_starts.Length)];
        }

        return runs;
    }
}
