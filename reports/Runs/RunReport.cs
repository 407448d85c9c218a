using ChaosBench.Reports.Content;
using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Runs;

/// <summary>A finished run as the writers see it: the same parts give the same bytes.</summary>
/// <param name="Journal">The events again, for a writer that folds them its own way; every enumeration reads from the start.</param>
public sealed record RunReport(Manifest Manifest, Measurements Measurements, Summary Summary, IEnumerable<JournalEvent> Journal)
{
    /// <summary>Prompts and outputs, redacted, of as many requests as the run kept; every enumeration reads from the start.</summary>
    public IEnumerable<ContentLine> Content { get; init; } = [];

    /// <summary>What the journal's plots show, where they were folded with the measurements. Null: fold <see cref="Journal"/>.</summary>
    internal PlotData? Plots { get; init; }

    /// <summary>The command that repeats this run.</summary>
    public string ReplayCommand => Writers.Replay.Command(this);
}
