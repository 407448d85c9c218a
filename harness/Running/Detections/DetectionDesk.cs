using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running.Detections;

/// <summary>
/// Where everything ends that a declared source says: one journal line when it begins to say that it noticed, one when it takes that back.
/// Trouble with a source is a note, and only the first of its kind: a source that is down would fill the journal.
/// </summary>
internal sealed class DetectionDesk(IJournalWriter journal, Func<long> now)
{
    private const int MostTroubles = 5;

    /// <summary>A caller that says the same a thousand times a second is heard this often.</summary>
    private const int MostEvents = 1_000;

    private readonly Lock _guard = new(); // guards the three below
    private readonly Dictionary<string, bool> _noticed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _troubles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _events = new(StringComparer.Ordinal);

    /// <summary>A look said whether it is noticed now. What is so at the first look has another cause than any fault of this run.</summary>
    public void Look(DetectionSource source, bool noticed, string what)
    {
        lock (_guard)
        {
            var first = !_noticed.TryGetValue(source.Name, out var before);
            _noticed[source.Name] = noticed;
            if (first && noticed)
            {
                Note($"detection '{source.Name}' was there at its first look, before any fault could cause it; what it says counts once it was gone");
                return;
            }

            if (noticed == before)
            {
                return;
            }
        }

        Write(source, noticed ? what : "resolved", source.Fault);
    }

    /// <summary>A call came: each is an event of its own.</summary>
    /// <returns>False: too many, not written.</returns>
    public bool Call(DetectionSource source, string what, string? fault)
    {
        lock (_guard)
        {
            var count = _events.GetValueOrDefault(source.Name);
            if (count >= MostEvents)
            {
                return false;
            }

            _events[source.Name] = count + 1;
        }

        Write(source, what, fault ?? source.Fault);
        return true;
    }

    /// <param name="what">One short line, of ours; never what the other side sent.</param>
    public void Trouble(DetectionSource source, string what)
    {
        lock (_guard)
        {
            if (!_troubles.TryGetValue(source.Name, out var known))
            {
                _troubles[source.Name] = known = [];
            }

            if (known.Count >= MostTroubles || !known.Add(what))
            {
                return;
            }
        }

        Note($"detection '{source.Name}' could not be asked: {what}");
    }

    private void Note(string text) => journal.Write(new JournalEvent.Note { At = now(), Text = Printable.Line(text, 300) });

    private void Write(DetectionSource source, string what, string? fault) => journal.Write(new JournalEvent.Detection
    {
        At = now(),
        By = source.Name,
        What = what,
        Source = source.Look switch
        {
            DetectionLook.Webhook => "webhook",
            DetectionLook.Http => "http",
            DetectionLook.Prometheus => "prometheus",
            DetectionLook.Command => "command",
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        Mitigates = source.Means == DetectionMeans.Mitigation ? true : null,
        Fault = fault,
    });
}
