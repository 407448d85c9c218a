using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;

namespace ChaosBench.Reports.Runs;

/// <summary>What is measured and what is plotted, folded together from one reading of a journal.</summary>
internal sealed class RunFold
{
    private readonly Measurements.Folder _measurements = new();
    private PlotFold? _plots = new();

    public void Add(JournalEvent entry)
    {
        _measurements.Add(entry);
        _plots!.Add(entry);
    }

    /// <summary>The first line once more, with what is known only at the end; nothing of it is plotted.</summary>
    public void Restart(JournalEvent.RunStarted run) => _measurements.Restart(run);

    /// <returns>Plots: null for a run that was decided before its end, which is planned otherwise than its first line says.</returns>
    public (Measurements Measurements, PlotData? Plots) Close()
    {
        // First, and forgotten: what plots are made from is larger than they are.
        var plots = _plots!.Close();
        _plots = null;
        var measured = _measurements.Close();
        return (measured, measured.Decided is null ? plots : null);
    }
}
