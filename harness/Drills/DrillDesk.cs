using ChaosBench.Chaos;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Drills;

/// <summary>
/// Where people meet a run that lives: their notes go into its journal, faults that pause wait here, and on a game day every step is
/// said as it happens. Hears the control file in the run's folder and, in a terminal, keys.
/// </summary>
internal sealed class DrillDesk(string folder, JournalWriter journal, Func<long> now, IRunWatcher watcher, TimeProvider time) : IGate
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly Lock _guard = new(); // guards _waiting and _told
    private readonly Queue<(PlannedFault Fault, TaskCompletionSource Passed)> _waiting = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private long _read;

    /// <summary>Every step is said to whoever watches.</summary>
    public bool IsGameDay { get; init; }

    public async Task PassAsync(PlannedFault fault, CancellationToken cancellation)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isFirst;
        lock (_guard)
        {
            _waiting.Enqueue((fault, passed));
            isFirst = _waiting.Count == 1;
        }

        Record($"game day: {fault.Fault.Id} ({fault.Fault.Kind}) waits for a person");
        if (isFirst)
        {
            Invite(fault);
        }

        await passed.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets the fault go that has waited longest; says so when none waits.</summary>
    public void Continue(string who)
    {
        (PlannedFault Fault, TaskCompletionSource Passed) first;
        PlannedFault? next = null;
        lock (_guard)
        {
            if (!_waiting.TryDequeue(out first))
            {
                watcher.Tell("nothing waits.");
                return;
            }

            next = _waiting.TryPeek(out var second) ? second.Fault : null;
        }

        Record($"game day: {first.Fault.Fault.Id} goes on ({who})");
        first.Passed.TrySetResult();
        if (next is not null)
        {
            Invite(next);
        }
    }

    /// <summary>A note of a person, with the time of the run.</summary>
    public void Note(string text)
    {
        var line = Printable.Line(text, DrillControl.LongestNote);
        journal.Write(new JournalEvent.Note { At = now(), Text = line });
        watcher.Tell($"{Clock()}  note: {line}");
    }

    public void Abort() => File.WriteAllText(Path.Combine(folder, AbortCommand.StopFile), "aborted by the key a\n");

    /// <summary>A fault moved; said on a game day.</summary>
    public void Heard(PlannedFault fault, FaultStage stage)
    {
        if (IsGameDay && stage != FaultStage.Ordered)
        {
            watcher.Tell($"{Clock()}  {Printable.Line(fault.Fault.Id, 60)} ({fault.Fault.Kind}) {Word(stage)}");
        }
    }

    /// <summary>Each kind of detection is said once.</summary>
    public void Heard(JournalEvent.Detection detection)
    {
        bool isNew;
        lock (_guard)
        {
            isNew = IsGameDay && _told.Add($"{detection.By} {detection.What} {detection.Replica}");
        }

        if (isNew)
        {
            watcher.Tell($"{Clock()}  seen: {detection.What}{(detection.Replica is { } replica ? $", replica {replica}" : "")}, by {detection.By}");
        }
    }

    /// <summary>Reads the control file until <paramref name="stop"/>, once more then, and removes it.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(Look, time);
        try
        {
            while (await tick.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                Hear();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Hear();
            DrillControl.Remove(folder);
        }
    }

    private void Hear()
    {
        (var lines, _read) = DrillControl.Read(folder, _read);
        foreach (var line in lines)
        {
            if (line.Note is { Length: > 0 } note)
            {
                Note(note);
            }

            if (line.Continue)
            {
                Continue("chaosbench note --continue");
            }
        }
    }

    private void Invite(PlannedFault fault) => watcher.Tell(
        $"{Clock()}  {Printable.Line(fault.Fault.Id, 60)} ({fault.Fault.Kind}) waits. Enter: go on, n: note, a: abort; or: chaosbench note {folder} --continue");

    private void Record(string text)
    {
        journal.Write(new JournalEvent.Note { At = now(), Text = text });
        if (IsGameDay)
        {
            watcher.Tell($"{Clock()}  {text}");
        }
    }

    private string Clock() => FormattableString.Invariant($"{Nanos.ToSeconds(now()),6:0.0} s");

    private static string Word(FaultStage stage) => stage switch
    {
        FaultStage.Active => "is in place",
        FaultStage.Cleared => "is lifted",
        FaultStage.Healed => "is healed, checked",
        FaultStage.Failed => "FAILED",
        _ => "is due",
    };
}
