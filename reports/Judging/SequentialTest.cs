using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Sequential;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// One comparison looked at after every pair. What is decided stays decided: the evidence may be looked at as often as one likes
/// (<see cref="StudentSequence"/>), and its chance of error is spent once. Where the pairs are infinite or all alike their signs are
/// looked at instead (<see cref="SignSequence"/>); a tenth of the chance of error is kept for them, so that both together stay within it.
/// </summary>
internal sealed class SequentialTest
{
    public const double Alpha = 1 - AbsoluteJudge.Confidence;
    private const double OfMeans = 0.9;
    private const double OfSigns = 1 - OfMeans;

    /// <summary>Differences closer than this are rounding.</summary>
    private const double Alike = 1e-12;

    private readonly Objective _objective;
    private readonly PairLimits _limits;
    private readonly StudentSequence _sequence;
    private readonly double _limit;
    private readonly bool _ratio;
    private long _finite;
    private double _mean;
    private double _squares;
    private long _infinite;
    private long _good;
    private long _bad;
    private long _requests;
    private double? _first;

    public SequentialTest(Objective objective, PairLimits limits)
    {
        (_objective, _limits) = (objective, limits);
        _sequence = StudentSequence.For(Math.Max(8, limits.Least));
        _ratio = objective.LimitKind == LimitKind.RelativeToBaseline;
        _limit = _ratio ? Math.Log(1 + objective.Limit) : objective.Limit;
    }

    public FindingVerdict Verdict { get; private set; } = FindingVerdict.Inconclusive;

    /// <summary>Pairs of blocks when it was decided; null: it is not.</summary>
    public int? DecidedAfter { get; private set; }

    /// <summary>Bound on the chance of ever seeing something this bad if the truth lay on the limit. Only falls.</summary>
    public double Chance { get; private set; } = 1;

    /// <summary>Of the look that decided, else of the last.</summary>
    public Look Last { get; private set; } = new(0, null, 0, 0, null, null);

    /// <summary>Scale of the calculation: logarithms, shares, seconds.</summary>
    public double Limit => _limit;

    private double Deviation => _finite < 2 ? 0 : Math.Sqrt(_squares / (_finite - 1));

    public void Add(PairValue value)
    {
        if (Verdict == FindingVerdict.Pass)
        {
            return;
        }

        var difference = BaselineJudge.Difference((value.Candidate, value.Baseline), _ratio);
        if (double.IsNaN(difference))
        {
            return;
        }

        _first ??= difference;
        _requests += value.Requests;
        Count(difference);
        if (_infinite == 0 && Deviation > Alike)
        {
            LookAtMean(value.Pairs);
        }
        else
        {
            LookAtSigns(value.Pairs);
        }
    }

    /// <summary>Pairs in all that would decide it if mean and deviation stay what they are. Null: signs, or no affordable number.</summary>
    public long? PairsToDecide()
    {
        var gap = Math.Abs(_mean - _limit);
        if (Last.Deviation is not > 0 || !(gap > 0) || Last.Count == 0)
        {
            return null;
        }

        var (low, high) = (Math.Max(2, Last.Count), Math.Max(4, 2 * Last.Count));
        for (; high < 1_000_000 && _sequence.Radius(Deviation, high, Alpha * OfMeans) >= gap; high *= 2)
        {
            low = high;
        }

        if (_sequence.Radius(Deviation, high, Alpha * OfMeans) >= gap)
        {
            return null;
        }

        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _sequence.Radius(Deviation, middle, Alpha * OfMeans) < gap ? (low, middle) : (middle, high);
        }

        return (long)Math.Ceiling((double)high / Last.Count * Last.Pairs);
    }

    private void Count(double difference)
    {
        if (double.IsInfinity(difference))
        {
            _infinite++;
        }
        else
        {
            _finite++;
            var delta = difference - _mean;
            _mean += delta / _finite;
            _squares += delta * (difference - _mean);
        }

        if (Summaries.Satisfies(difference, _objective.Comparison, _limit))
        {
            _good++;
        }
        else
        {
            _bad++;
        }
    }

    private void LookAtMean(int pairs)
    {
        var radius = _sequence.Radius(Deviation, _finite, Alpha * OfMeans);
        Keep(new Look(pairs, _mean, Deviation, _finite, _mean - radius, _mean + radius));
        var above = _sequence.ChanceAbove(_mean, Deviation, _finite, _limit);
        var below = _sequence.ChanceBelow(_mean, Deviation, _finite, _limit);
        var worseIsMore = BaselineWords.WorseIsMore(_objective.Comparison);
        Decide(pairs, (worseIsMore ? above : below) / OfMeans, (worseIsMore ? below : above) / OfMeans);
    }

    private void LookAtSigns(int pairs)
    {
        var all = _good + _bad;
        Keep(new Look(pairs, _infinite == 0 ? _first : null, 0, all, null, null));
        var good = SharesAlike.Tell(_objective, _first!.Value, _limit, _requests, Alpha * OfSigns) ? SignSequence.Chance(_good, all) : 1;
        Decide(pairs, SignSequence.Chance(_bad, all) / OfSigns, good / OfSigns);
    }

    private void Keep(Look look) => Last = DecidedAfter is null ? look : Last;

    private void Decide(int pairs, double bad, double good)
    {
        // A fail stays one; among several gates it may take a smaller chance of error, which more pairs can give.
        Chance = Math.Min(Chance, bad);
        if (DecidedAfter is not null)
        {
            return;
        }

        Verdict = bad <= Alpha ? FindingVerdict.Fail
            : good <= Alpha && pairs >= _limits.Least ? FindingVerdict.Pass
            : FindingVerdict.Inconclusive;
        DecidedAfter = Verdict == FindingVerdict.Inconclusive ? null : pairs;
    }

    /// <param name="Mean">Null: some pair is infinite.</param>
    /// <param name="Deviation">0 where the signs were looked at.</param>
    /// <param name="Count">Values: of tails several pairs make one.</param>
    public sealed record Look(int Pairs, double? Mean, double Deviation, long Count, double? Low, double? High);
}
