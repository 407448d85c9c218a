using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>What happened, told once: repeated detections of the same kind become one line with a count.</summary>
internal sealed class StoryFold
{
    private readonly HashSet<HardFailKind> _hardFails = [];
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<(string By, string What, string? Target, int? Replica), Entry> _detections = [];

    public long Omitted { get; private set; }

    public void Add(JournalEvent.FaultTransition transition)
    {
        if (transition.State != FaultState.Ordered)
        {
            Tell(new Entry(transition.At, "fault", $"{transition.Fault} {Word(transition.State)}", transition.Detail ?? ""));
        }
    }

    public void Add(JournalEvent.Detection detection)
    {
        var key = (detection.By, detection.What, detection.Target, detection.Replica);
        if (_detections.TryGetValue(key, out var told))
        {
            told.Again(detection.At);
            return;
        }

        var where = string.Join(", ", new[] { detection.Target, detection.Replica is { } replica ? $"replica {replica}" : null }
            .Where(part => part is not null));
        var entry = new Entry(detection.At, "detection", $"{Show.Words(detection.What)}, seen by {detection.By}", where);
        if (Tell(entry))
        {
            _detections.Add(key, entry);
        }
    }

    public void Add(JournalEvent.Note note) => Tell(new Entry(note.At, "note", note.Text, ""));

    /// <summary>The first of each kind: a broken service gives thousands, and the finding counts them.</summary>
    public void Add(JournalEvent.HardFail fail)
    {
        if (_hardFails.Add(fail.Kind))
        {
            Tell(new Entry(fail.At, "hard-fail", $"hard fail: {Show.Words(Kebab.Of(fail.Kind))}", fail.Detail ?? ""));
        }
    }

    public void Add(JournalEvent.RunEnded ended) =>
        Tell(new Entry(ended.At, "run", $"run {Show.Words(Kebab.Of(ended.Ending))}", ended.Reason ?? ""));

    public IReadOnlyList<StoryLine> Close() => [.. _entries.OrderBy(entry => entry.At).Select(entry => entry.Close())];

    private bool Tell(Entry entry)
    {
        if (_entries.Count >= PlotData.MaxStory)
        {
            Omitted++;
            return false;
        }

        _entries.Add(entry);
        return true;
    }

    private static string Word(FaultState state) => state switch
    {
        FaultState.Active => "in place",
        FaultState.Cleared => "lifted",
        FaultState.Healed => "healed: nothing of it is left",
        FaultState.Failed => "failed",
        _ => "ordered",
    };

    private sealed class Entry(long at, string who, string what, string detail)
    {
        private long _times = 1;
        private long _last = at;

        public long At { get; } = at;

        public void Again(long last)
        {
            _times++;
            _last = Math.Max(_last, last);
        }

        public StoryLine Close()
        {
            var often = _times > 1 ? $"{Show.Count(_times)} times, last at {Show.Seconds(Nanos.ToSeconds(_last))}" : "";
            var full = string.Join("; ", new[] { SafeText.Visible(detail, 400), often }.Where(part => part.Length > 0));
            return new StoryLine(Nanos.ToSeconds(At), who, SafeText.Visible(what, 400), full);
        }
    }
}
