using System.Globalization;
using ChaosBench.Engine.Loops;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine;

/// <summary>What the generator can see of itself, each time since the time before.</summary>
internal sealed class GeneratorWatch(IReadOnlyList<EventLoop> loops)
{
    private readonly long[] _waited = new long[loops.Count];
    private long _at;
    private long _socketErrors;
    private TimeSpan _cpu = Environment.CpuUsage.TotalTime;
    private TimeSpan _pause = GC.GetTotalPauseDuration();
    private MachineTicks? _machine = MachineTicks.Read();

    /// <param name="now">Nanoseconds of the run's clock.</param>
    public JournalEvent.GeneratorSample Sample(long now, int inFlight)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var pause = GC.GetTotalPauseDuration();
        var elapsed = Math.Max(1, now - _at);
        var machine = MachineTicks.Read();
        var errors = loops.Sum(loop => loop.Counters.SocketErrors);
        var sample = new JournalEvent.GeneratorSample
        {
            At = now,
            InFlight = inFlight,
            ProcessCpu = Nanos.From(cpu - _cpu) / (double)elapsed,
            GcPause = Nanos.From(pause - _pause),
            ThreadPoolQueue = ThreadPool.PendingWorkItemCount,
            EngineBusy = Busiest(elapsed),
            MachineCpu = machine?.BusySince(_machine),
            OthersCpu = machine?.OthersSince(_machine, cpu - _cpu),
            SocketErrors = loops.Count == 0 ? null : errors - _socketErrors,
        };
        (_at, _cpu, _pause, _machine, _socketErrors) = (now, cpu, pause, machine, errors);
        return sample;
    }

    /// <summary>A thread that shares a core may wait and be late all the same; the dispatch lag tells that.</summary>
    private double? Busiest(long elapsed)
    {
        double? busiest = null;
        for (var at = 0; at < loops.Count; at++)
        {
            var waited = loops[at].Waited;
            var busy = 1 - Math.Clamp((waited - _waited[at]) / (double)elapsed, 0, 1);
            busiest = Math.Max(busiest ?? 0, busy);
            _waited[at] = waited;
        }

        return busiest;
    }
}

/// <summary>The first line of <c>/proc/stat</c>: time of all cores together, in ticks.</summary>
internal readonly record struct MachineTicks(long Busy, long All)
{
    private const string Stat = "/proc/stat";

    /// <summary>USER_HZ, fixed by the interface of Linux (time(7)).</summary>
    private const int PerSecond = 100;

    /// <summary>Null where the system does not tell.</summary>
    public static MachineTicks? Read()
    {
        if (!File.Exists(Stat))
        {
            return null;
        }

        using var reader = new StreamReader(Stat);
        return Parse(reader.ReadLine() ?? "");
    }

    /// <param name="line"><c>cpu user nice system idle iowait irq softirq steal ...</c></param>
    public static MachineTicks? Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = words.Skip(1).Take(8).Select(word => long.TryParse(word, CultureInfo.InvariantCulture, out var value) ? value : 0).ToArray();
        return words is ["cpu", ..] && ticks.Length == 8 ? new MachineTicks(ticks.Sum() - ticks[3] - ticks[4], ticks.Sum()) : null;
    }

    /// <summary>Share of all cores that was busy, 0 to 1; null without an earlier reading.</summary>
    public double? BusySince(MachineTicks? before) =>
        before is { } then && All > then.All ? Math.Clamp((Busy - then.Busy) / (double)(All - then.All), 0, 1) : null;

    /// <summary>The same without what this process used meanwhile; a container counts the cores of its host.</summary>
    public double? OthersSince(MachineTicks? before, TimeSpan own) =>
        before is { } then && All > then.All
            ? Math.Clamp((Busy - then.Busy - (own.TotalSeconds * PerSecond)) / (All - then.All), 0, 1) : null;
}
