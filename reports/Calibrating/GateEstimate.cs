using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Calibrating;

/// <summary>
/// A gate's own error rates from recorded pairs: verdicts are drawn by the rule that judges real runs (<see cref="BaselineJudge"/>),
/// for every number of pairs. Pure: the same pairs and the same seed give the same rates.
/// </summary>
/// <param name="draws">Verdicts for every figure.</param>
public sealed class GateEstimate(ulong seed, int draws = GateEstimate.UsualDraws)
{
    public const int UsualDraws = 1000;
    public const string Same = "same";

    /// <summary>Neighbouring pairs that are drawn together.</summary>
    public const int Neighbours = RecordedPairs.Run;

    /// <summary>Recordings drawn anew, and verdicts drawn from each of them.</summary>
    private const int Recordings = 40;
    private const int PerRecording = 50;

    private static readonly int[] PairCounts = [5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 120, 160, 200, 240];

    /// <param name="rounds">By regression; <see cref="Same"/> must be among them. Each round was judged honest.</param>
    /// <param name="pairSeconds">What one pair takes.</param>
    /// <exception cref="JournalException">There are no pairs, too few, or all alike: the message says which and what to do.</exception>
    public GateErrors Of(Objective gate, IReadOnlyDictionary<string, IReadOnlyList<Measurements>> rounds, double pairSeconds)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(rounds);
        var recorded = rounds.ToDictionary(kind => kind.Key, kind => RecordedPairs.Of(gate, kind.Value), StringComparer.Ordinal);
        Check(gate, recorded);
        var most = recorded.Values.Min(pairs => pairs.Count);
        var rows = PairCounts.Where(pairs => pairs <= most).Select(pairs => Row(gate, recorded, pairs, pairs * pairSeconds)).ToList();
        var unit = Metrics.UnitOf(gate.Metric);
        var enough = rows.FindIndex(row => GateGoals.Hold(row, unit));
        // The chosen row, else the last, also says how much the recording itself leaves open.
        var told = enough < 0 ? rows.Count - 1 : enough;
        rows[told] = Ranged(gate, recorded, rows[told]);
        return new GateErrors
        {
            Gate = gate.Text,
            Metric = gate.Metric,
            Aggregation = gate.Aggregation.Kind,
            Percent = gate.Aggregation.Percent,
            LimitKind = gate.LimitKind,
            Limit = gate.Limit,
            Unit = BaselineWords.Ruled(gate, gate.LimitKind == LimitKind.RelativeToBaseline, FindingVerdict.Inconclusive).Unit ?? "",
            Rows = rows,
            Effects = [.. recorded.Select(kind => Effect(kind.Key, kind.Value))],
            Pairs = enough < 0 ? null : rows[enough].Pairs,
        };
    }

    private static void Check(Objective gate, Dictionary<string, RecordedPairs> recorded)
    {
        foreach (var (name, pairs) in recorded)
        {
            if (pairs.Count < BaselineJudge.FewestBlocks)
            {
                var count = pairs.Count switch { 0 => "no pair was", 1 => "one pair was", var some => $"{some} pairs were" };
                throw new JournalException($"{gate.Text}: {count} recorded of '{name}' with a value of this metric; a verdict takes at least "
                    + $"{BaselineJudge.FewestBlocks}, an estimate better 40: record more with --pairs, and check that the traffic has the metric");
            }
        }

        if (recorded[Same].AllAlike)
        {
            throw new JournalException($"{gate.Text}: both sides are alike to the last digit in all {recorded[Same].Count} pairs of 'same': "
                + "nothing was measured, so that nothing can be said about errors");
        }
    }

    private GateRow Row(Objective gate, Dictionary<string, RecordedPairs> recorded, int pairs, double seconds)
    {
        var same = Draw(gate, recorded[Same], Same, pairs);
        var found = recorded.Where(kind => kind.Key != Same).Select(kind =>
        {
            var rulings = Draw(gate, kind.Value, kind.Key, pairs);
            return new FoundRate(kind.Key, Rate(rulings, FindingVerdict.Fail), Rate(rulings, FindingVerdict.Pass));
        });
        return new GateRow(
            pairs, seconds, Rate(same, FindingVerdict.Fail), Rate(same, FindingVerdict.Inconclusive), Detectable(gate, same), [.. found]);
    }

    private Ruling[] Draw(Objective gate, RecordedPairs recorded, string name, int pairs)
    {
        var rulings = new Ruling[draws];
        Parallel.For(0, draws, draw => rulings[draw] = recorded.Verdict(pairs, Random(gate, name, pairs, draw)));
        return rulings;
    }

    /// <summary>
    /// A change that moves every request alike moves the bound by as much: so the bounds of identical builds tell how large it must be
    /// for four bounds in five to be beyond the limit.
    /// </summary>
    private static double? Detectable(Objective gate, Ruling[] same)
    {
        var worseIsMore = BaselineWords.WorseIsMore(gate.Comparison);
        var ratio = gate.LimitKind == LimitKind.RelativeToBaseline;
        var limit = ratio ? Math.Log(1 + gate.Limit) : same[0].Unit == "pp" ? gate.Limit * 100 : gate.Limit;
        var missing = same
            .Select(ruling => worseIsMore ? ruling.Interval?.Low : ruling.Interval?.High)
            .Select(bound => bound is { } known ? Math.Abs(limit - (ratio ? Math.Log(1 + known) : known)) : double.PositiveInfinity)
            .ToArray();
        return new Distribution(missing).Quantile(GateGoals.LeastFound) is { } needed && double.IsFinite(needed)
            ? ratio ? worseIsMore ? Math.Exp(needed) - 1 : Math.Exp(-needed) - 1 : worseIsMore ? needed : -needed
            : null;
    }

    /// <summary>The same row with the range that drawing the recording again gives to each rate.</summary>
    private GateRow Ranged(Objective gate, Dictionary<string, RecordedPairs> recorded, GateRow row)
    {
        var range = recorded.ToDictionary(kind => kind.Key, kind => Shares(gate, kind.Value, kind.Key, row.Pairs), StringComparer.Ordinal);
        DrawnRate With(DrawnRate rate, string kind, FindingVerdict verdict)
        {
            var shares = new Distribution(range[kind].Select(of => of(verdict)));
            return rate with { From = shares.Quantile(0.025), To = shares.Quantile(0.975) };
        }

        return row with
        {
            FalseFailures = With(row.FalseFailures, Same, FindingVerdict.Fail),
            Inconclusive = With(row.Inconclusive, Same, FindingVerdict.Inconclusive),
            Found = [.. row.Found.Select(found => found with
            {
                Failed = With(found.Failed, found.Regression, FindingVerdict.Fail),
                Passed = With(found.Passed, found.Regression, FindingVerdict.Pass),
            })],
        };
    }

    private Func<FindingVerdict, double>[] Shares(Objective gate, RecordedPairs recorded, string name, int pairs)
    {
        var shares = new Func<FindingVerdict, double>[Recordings];
        Parallel.For(0, Recordings, recording =>
        {
            var random = Random(gate, name + " again", pairs, recording);
            var among = recorded.Again(random);
            var verdicts = Enumerable.Range(0, PerRecording).Select(_ => recorded.Verdict(pairs, random, among).Verdict).ToArray();
            shares[recording] = verdict => (double)verdicts.Count(drawn => drawn == verdict) / PerRecording;
        });
        return shares;
    }

    private static DrawnRate Rate(Ruling[] rulings, FindingVerdict verdict)
    {
        var hits = rulings.Count(ruling => ruling.Verdict == verdict);
        var (low, high) = Wilson.TwoSided(hits, rulings.Length)!.Value;
        return new DrawnRate(hits, rulings.Length, low, high);
    }

    private static RegressionEffect Effect(string name, RecordedPairs recorded)
    {
        var all = recorded.All();
        return new RegressionEffect(name, recorded.Count, all.Observed, all.Interval?.Low, all.Interval?.High);
    }

    /// <summary>A stream of its own for each draw, so that threads do not matter.</summary>
    private SplitMix64 Random(Objective gate, string name, int pairs, int draw)
    {
        var hash = seed;
        foreach (var letter in string.Create(CultureInfo.InvariantCulture, $"{gate.Text}|{name}|{pairs}|{draw}"))
        {
            hash = unchecked((hash ^ letter) * 0x100000001B3UL);
        }

        return new SplitMix64(hash);
    }
}
