using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>When each fault was in place, as the journal saw it; as planned where it never did.</summary>
internal sealed class FaultWindowFold
{
    private readonly Dictionary<string, long> _open = [];
    private readonly List<(string Fault, long Start, long End)> _seen = [];
    private long _last;

    public void Add(JournalEvent.FaultTransition transition)
    {
        _last = Math.Max(_last, transition.At);
        if (transition.State == FaultState.Active)
        {
            _open.TryAdd(transition.Fault, transition.At);
        }
        else if (transition.State is FaultState.Cleared or FaultState.Healed or FaultState.Failed
            && _open.Remove(transition.Fault, out var start))
        {
            _seen.Add((transition.Fault, start, transition.At));
        }
    }

    public void End(long at) => _last = Math.Max(_last, at);

    public IReadOnlyList<FaultWindow> Close(IReadOnlyList<PlannedFaultInfo> planned)
    {
        var kinds = planned.GroupBy(fault => fault.Id).ToDictionary(group => group.Key, group => group.First().Kind);
        var seen = _seen.Concat(_open.Select(open => (Fault: open.Key, Start: open.Value, End: Math.Max(_last, open.Value)))).ToList();
        var never = planned.Where(fault => !seen.Exists(window => window.Fault == fault.Id));
        return
        [
            .. seen.Select(window => Window(window.Fault, kinds.GetValueOrDefault(window.Fault, ""), window.Start, window.End, true))
                .Concat(never.Select(fault => Window(fault.Id, fault.Kind, fault.Start, fault.End, false)))
                .OrderBy(window => window.Start).ThenBy(window => window.Fault, StringComparer.Ordinal)
                .Take(PlotData.MaxFaultWindows),
        ];
    }

    private static FaultWindow Window(string fault, string kind, long start, long end, bool observed) =>
        new(SafeText.Visible(fault, 80), SafeText.Visible(kind, 80), Nanos.ToSeconds(start), Nanos.ToSeconds(end), observed);
}
