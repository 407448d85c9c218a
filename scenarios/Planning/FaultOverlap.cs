using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>What the faults of a plan do at one moment, with the sum that it comes from.</summary>
/// <param name="At">Nanoseconds: the start of the stretch in which the sum is largest.</param>
/// <param name="Value">A share, or a number of replicas.</param>
/// <param name="Sum">As it is worked out: <c>1 - (1-30%)(1-40%) = 58%</c>.</param>
/// <param name="Faults">Ids of those that act then and count.</param>
public sealed record FaultPeak(long At, IReadOnlyList<string> Faults, double Value, string Sum);

/// <summary>
/// Which planned faults act together, and how much that is at most. Coins are independent of each other, so shares join as
/// 1 - (1-a)(1-b); replicas add up, those that are selected by number once. A fault that waits for another one, or ends on a condition,
/// counts for all of the time that it may have.
/// </summary>
internal sealed class FaultOverlap
{
    private readonly Plan _plan;
    private readonly List<(PlannedFault Fault, long Start, long End)> _windows;
    private readonly long[] _edges;
    private readonly Dictionary<int, int> _eligible = [];

    public FaultOverlap(Plan plan)
    {
        _plan = plan;
        _windows = [.. plan.Faults.SelectMany(Windows)];
        _edges = [.. _windows.SelectMany(window => new[] { window.Start, window.End }).Distinct().Order()];
    }

    /// <summary>Nanoseconds in which at least one fault may act. One that waits counts with its length.</summary>
    public long Duration
    {
        get
        {
            var fixedTimes = _plan.Faults.Where(fault => fault.Fault is { Schedule.After: null, Pauses: false }).ToList();
            var union = Stretches().Where(stretch => stretch.Acting.Exists(fixedTimes.Contains)).Sum(stretch => stretch.End - stretch.Start);
            return union + _plan.Faults.Except(fixedTimes).Sum(fault => fault.Windows.Sum(window => window.End - window.Start));
        }
    }

    public FaultPeak? Share => Peak((acting, start, end) =>
    {
        var hits = acting.Select(fault => (fault.Fault.Id, Share: ShareOf(fault, start, end))).Where(hit => hit.Share > 0).ToList();
        var shares = hits.Select(hit => hit.Share!.Value).ToList();
        var joined = 1 - shares.Aggregate(1.0, (left, share) => left * (1 - share));
        var sum = shares.Count == 1 ? Percent(joined)
            : $"1 - {string.Concat(shares.Select(share => $"(1-{Percent(share)})"))} = {Percent(joined)}";
        return (hits.Select(hit => hit.Id).ToList(), joined, sum);
    });

    public FaultPeak? Replicas => Peak((acting, _, _) =>
    {
        var takers = acting.FindAll(fault => VictimOf(fault) is not null);
        var different = takers.Select(fault => VictimOf(fault)!).Distinct(StringComparer.Ordinal).ToList();
        return (takers.Select(fault => fault.Fault.Id).ToList(), different.Count, string.Create(CultureInfo.InvariantCulture, $"{string.Join(" + ", different)} = {different.Count}"));
    });

    private static IEnumerable<(PlannedFault Fault, long Start, long End)> Windows(PlannedFault fault) => fault.Fault is { Schedule.After: null, Pauses: false }
        ? fault.Windows.Select(window => (fault, window.Start, window.End))
        : [(fault, fault.Start, fault.Latest)];

    private IEnumerable<(long Start, long End, List<PlannedFault> Acting)> Stretches() => _edges.Zip(_edges.Skip(1)).Select(stretch =>
        (stretch.First, stretch.Second, _windows.Where(window => window.Start <= stretch.First && stretch.First < window.End).Select(window => window.Fault).Distinct().ToList()));

    private FaultPeak? Peak(Func<List<PlannedFault>, long, long, (List<string> Faults, double Value, string Sum)> measure)
    {
        FaultPeak? peak = null;
        foreach (var (start, end, acting) in Stretches())
        {
            var (faults, value, sum) = measure(acting, start, end);
            if (faults.Count > 0 && (peak is null || value > peak.Value + 1e-12))
            {
                peak = new FaultPeak(start, faults, value, sum);
            }
        }

        return peak;
    }

    /// <summary>Of all requests; null for a fault that takes replicas instead.</summary>
    private double? ShareOf(PlannedFault planned, long start, long end)
    {
        var fault = planned.Fault;
        if (VictimOf(planned) is not null)
        {
            return null;
        }

        // What hits the host or the model hits every request, whatever its share says.
        var share = fault.Scope is FaultScope.Host or FaultScope.Model ? 1 : Math.Max(planned.ShareAt(start), planned.ShareAt(end));
        if (fault.Schedule.Nth.Count > 0)
        {
            var eligible = EligibleFor(planned);
            share = eligible == 0 ? 0 : Math.Min(1, (planned.Chosen?.Count ?? fault.Schedule.Nth.Count) / (double)eligible);
        }

        return share * (fault.Select.TryGetValue("prompts", out var set)
            ? _plan.Scenario.Mix.Where(entry => entry.Prompts.Name == set).Sum(entry => entry.Weight) / _plan.Scenario.Mix.Sum(entry => entry.Weight)
            : 1);
    }

    private int EligibleFor(PlannedFault planned)
    {
        if (!_eligible.TryGetValue(planned.Number, out var count))
        {
            _eligible[planned.Number] = count = _plan.Arrivals.Count(arrival => PlannedVictims.IsEligible(planned, arrival));
        }

        return count;
    }

    /// <summary>A replica, process or container, by name; null for faults on requests.</summary>
    private string? VictimOf(PlannedFault planned)
    {
        var fault = planned.Fault;
        return NodeVictims.WordsFor(_plan.Scenario, fault) is not null
            ? fault.Select.GetValueOrDefault("container") ?? fault.Select.GetValueOrDefault("pidFile") ?? "the started process"
            : fault.Scope is not (FaultScope.Replica or FaultScope.Process) ? null
            : fault.Select.TryGetValue("replica", out var replica) ? $"replica {replica}" : $"one of {fault.Id}";
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%");
}
