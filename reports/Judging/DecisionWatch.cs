using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Looks at the comparisons of a run while it runs, by the rules of its report: what stops a run is what its report says. Pure, and fed
/// with whole pairs of blocks in their order.
/// </summary>
public sealed class DecisionWatch
{
    private readonly JournalEvent.RunStarted _run;
    private readonly PairLimits _limits;
    private readonly int _gates;
    private readonly List<(PairSeries Series, SequentialTest Test)> _watched;

    /// <param name="run">The journal's first line, of a run that goes on until it is decided.</param>
    public DecisionWatch(JournalEvent.RunStarted run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _run = run with { Faults = [] };
        _limits = run.Pairs ?? throw new ArgumentException("the run does not go on until it is decided", nameof(run));
        _gates = run.Gates.Count(gate => gate.Kind == GateKind.Gate);
        var (candidate, baseline) = (run.Targets["candidate"], run.Targets["baseline"]);
        _watched =
        [
            .. run.Gates.Where(gate => gate.IsByPairs()).Select(gate => (
                new PairSeries(gate, new Slice(candidate, gate.Phase, gate.Cohort), baseline), new SequentialTest(gate, _limits))),
        ];
    }

    /// <summary>Measured pairs so far.</summary>
    public int Pairs => _watched.Max(one => one.Series.Pairs);

    /// <param name="block">Observations and scores of one pair of blocks.</param>
    /// <returns>Null: the run's verdict is still open. Else each comparison and which way it went, in one line.</returns>
    public string? Add(IReadOnlyList<JournalEvent> block)
    {
        var requests = Measurements.Fold([_run, .. block]).Requests.ToList();
        foreach (var (series, test) in _watched)
        {
            var before = series.Values.Count;
            series.Add(requests);
            foreach (var value in series.Values.Skip(before))
            {
                test.Add(value);
            }
        }

        // One gate that is broken beyond doubt is the run's verdict, whatever the others would have been.
        var failed = _watched.Exists(one => one.Test.Verdict == FindingVerdict.Fail && IsSettled(one.Test));
        return failed || (_watched.TrueForAll(one => IsSettled(one.Test)) && Pairs >= _limits.Least)
            ? string.Join("; ", _watched.Select(one => $"{Told(one.Test)}: {one.Series.Objective.Text}"))
            : null;
    }

    private static string Told(SequentialTest test) => test.DecidedAfter is { } after
        ? FormattableString.Invariant($"{test.Verdict.ToString().ToLowerInvariant()} after {after}") : "still open";

    /// <summary>A fail is final when it would stand among all gates: the report corrects for their number, and this is the strictest it can be.</summary>
    private bool IsSettled(SequentialTest test) => test.Verdict switch
    {
        FindingVerdict.Pass => true,
        FindingVerdict.Fail => test.Chance * _gates <= SequentialTest.Alpha,
        _ => false,
    };
}
