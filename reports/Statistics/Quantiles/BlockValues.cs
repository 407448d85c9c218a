namespace ChaosBench.Reports.Statistics.Quantiles;

/// <summary>
/// The values of two versions in pairs of blocks, sorted once; each pair counts as often as its weight says, so that a sample drawn from
/// them again costs no sorting. On the scale on which a shift is meant: logarithms for ratios.
/// </summary>
public sealed class BlockValues
{
    private readonly double _probability;
    private readonly Side _candidate;
    private readonly Side _baseline;
    private readonly int[] _weights;
    private readonly double[] _scores;

    /// <param name="blocks">Values of the candidate and of the baseline; positive infinity is a value, NaN is not.</param>
    /// <param name="probability">0 to 1, both excluded.</param>
    public BlockValues(IReadOnlyList<(double[] Candidate, double[] Baseline)> blocks, double probability)
        : this(
            probability, Side.Of([.. (blocks ?? throw new ArgumentNullException(nameof(blocks))).Select(pair => pair.Candidate)]),
            Side.Of([.. blocks.Select(pair => pair.Baseline)]), [.. Enumerable.Repeat(1, blocks.Count)])
    {
        Guard.Share(probability, nameof(probability));
    }

    private BlockValues(double probability, Side candidate, Side baseline, int[] weights)
    {
        (_probability, _candidate, _baseline, _weights) = (probability, candidate, baseline, weights);
        _scores = new double[weights.Length];
        Blocks = weights.Sum();
    }

    /// <summary>Pairs, each as often as it counts.</summary>
    public int Blocks { get; }

    /// <summary>The same pairs, each as often as <paramref name="weights"/> says. Not for several threads at once.</summary>
    public BlockValues Weighted(int[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new BlockValues(_probability, _candidate.Only(weights), _baseline.Only(weights), weights);
    }

    /// <summary>Shifts beyond which every value of one version lies above every one of the other.</summary>
    internal (double Least, double Most) Shifts =>
        (_candidate.Least - _baseline.Most - 1, _candidate.Most - _baseline.Least + 1);

    /// <summary>Type 7 over all blocks; infinite where it lies between a finite value and infinity. NaN of nothing.</summary>
    internal double QuantileOf(bool candidate)
    {
        var side = candidate ? _candidate : _baseline;
        var total = side.Total(_weights);
        if (total == 0)
        {
            return double.NaN;
        }

        var fromTop = (total - 1) * (1 - _probability);
        var rank = (long)Math.Floor(fromTop);
        var (upper, lower) = (side.FromTop(rank, _weights), side.FromTop(Math.Min(rank + 1, total - 1), _weights));
        return upper.Equals(lower) || fromTop.Equals((double)rank) ? upper : upper - ((fromTop - rank) * (upper - lower));
    }

    /// <summary>
    /// Mean and standard error over the blocks of the candidate's exceedances less the baseline's, with the baseline moved by
    /// <paramref name="shift"/>, and in how many blocks they differ. Values that lie on the threshold share what is left to be counted.
    /// </summary>
    internal (double Mean, double Error, int Telling) Score(double shift)
    {
        Array.Clear(_scores);
        var left = (1 - _probability) * (_candidate.Total(_weights) + _baseline.Total(_weights));
        var (i, j) = (0, 0);
        while (left > 0 && (i < _candidate.Values.Length || j < _baseline.Values.Length))
        {
            var value = Math.Max(_candidate.At(i), _baseline.At(j) + shift);
            var (upToI, upToJ, mass) = (i, j, 0L);
            for (; upToI < _candidate.Values.Length && _candidate.Values[upToI] >= value; upToI++)
            {
                mass += _weights[_candidate.Blocks[upToI]];
            }

            for (; upToJ < _baseline.Values.Length && _baseline.Values[upToJ] + shift >= value; upToJ++)
            {
                mass += _weights[_baseline.Blocks[upToJ]];
            }

            var part = Math.Min(1, left / mass);
            for (; i < upToI; i++)
            {
                _scores[_candidate.Blocks[i]] += part;
            }

            for (; j < upToJ; j++)
            {
                _scores[_baseline.Blocks[j]] -= part;
            }

            left -= mass;
        }

        return Moments();
    }

    private (double Mean, double Error, int Telling) Moments()
    {
        var (sum, squares, telling) = (0.0, 0.0, 0);
        for (var block = 0; block < _scores.Length; block++)
        {
            if (_weights[block] is var weight && weight > 0)
            {
                telling += Math.Abs(_scores[block]) > 1e-9 ? weight : 0;
                // A block in which one version answered more requests is expected to have more of them above.
                var score = _scores[block] - ((1 - _probability) * (_candidate.Counts[block] - _baseline.Counts[block]));
                sum += weight * score;
                squares += weight * score * score;
            }
        }

        var mean = sum / Blocks;
        var variance = Blocks < 2 ? 0 : Math.Max(0, squares - (Blocks * mean * mean)) / (Blocks - 1);
        // Rounding of sums of squares must not pass for spread.
        return (mean, variance < 1e-12 ? 0 : Math.Sqrt(variance / Blocks), telling);
    }

    /// <summary>One version: values in falling order, with the block of each.</summary>
    private sealed record Side(double[] Values, int[] Blocks, int[] Counts)
    {
        public double Most => Values.FirstOrDefault(double.IsFinite);
        public double Least => Values.LastOrDefault(double.IsFinite);

        public static Side Of(IReadOnlyList<double[]> blocks)
        {
            var values = new double[blocks.Sum(block => block.Length)];
            var owners = new int[values.Length];
            var at = 0;
            for (var block = 0; block < blocks.Count; block++)
            {
                foreach (var value in blocks[block])
                {
                    (values[at], owners[at++]) = (value, block);
                }
            }

            Array.Sort(values, owners);
            Array.Reverse(values);
            Array.Reverse(owners);
            return new Side(values, owners, [.. blocks.Select(block => block.Length)]);
        }

        public Side Only(int[] weights)
        {
            var kept = 0;
            foreach (var block in Blocks)
            {
                kept += weights[block] > 0 ? 1 : 0;
            }

            var (values, owners) = (new double[kept], new int[kept]);
            var to = 0;
            for (var from = 0; from < Blocks.Length; from++)
            {
                if (weights[Blocks[from]] > 0)
                {
                    (values[to], owners[to++]) = (Values[from], Blocks[from]);
                }
            }

            return new Side(values, owners, Counts);
        }

        public double At(int place) => place < Values.Length ? Values[place] : double.NegativeInfinity;

        public long Total(int[] weights)
        {
            var total = 0L;
            for (var block = 0; block < weights.Length; block++)
            {
                total += (long)weights[block] * Counts[block];
            }

            return total;
        }

        /// <param name="rank">From 0; below the total.</param>
        public double FromTop(long rank, int[] weights)
        {
            var place = 0;
            for (var passed = (long)weights[Blocks[0]]; passed <= rank; passed += weights[Blocks[++place]])
            {
            }

            return Values[place];
        }
    }
}
