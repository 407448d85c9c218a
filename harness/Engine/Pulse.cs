using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine;

/// <summary>Once a second: what the generator sees of itself, whether to abort, and word to whoever watches.</summary>
internal sealed class Pulse : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly RunRequest _request;
    private readonly RunStop _stop;
    private readonly Flights _flights;
    private readonly Tally _tally;
    private readonly RecentWindow _recent;
    private readonly AbortMonitor _abort;
    private readonly ITimer _timer;

    // Touched by one beat at a time: a beat that finds another at work leaves.
    private int _beating;
    private long _lastAt;
    private TimeSpan _lastCpu = Environment.CpuUsage.TotalTime;
    private TimeSpan _lastPause = GC.GetTotalPauseDuration();

    public Pulse(RunRequest request, RunStop stop, Flights flights, Tally tally, RecentWindow recent)
    {
        _request = request;
        _stop = stop;
        _flights = flights;
        _tally = tally;
        _recent = recent;
        _abort = new AbortMonitor(request.Plan.Scenario.Abort);
        _timer = request.Clock.Time.CreateTimer(_ => Beat(), null, Period, Period);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Beat()
    {
        if (Interlocked.Exchange(ref _beating, 1) != 0)
        {
            return;
        }

        try
        {
            var now = _request.Clock.Now;
            Sample(now);
            CheckAbort(now);
            _request.Progress?.Report(Snapshot(now));
        }
#pragma warning disable CA1031 // A timer callback has nobody above it: an escaped exception would end the process without a journal.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _stop.Request(RunEnding.Broken, $"watching the run failed: {bug.GetType().Name}: {OneLine.Of(bug.Message)}");
        }
        finally
        {
            Volatile.Write(ref _beating, 0);
        }
    }

    private void Sample(long now)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var pause = GC.GetTotalPauseDuration();
        var elapsed = Math.Max(1, now - _lastAt);
        _request.Journal.Write(new JournalEvent.GeneratorSample
        {
            At = now,
            InFlight = _flights.Count,
            ProcessCpu = Nanos.From(cpu - _lastCpu) / (double)elapsed,
            GcPause = Nanos.From(pause - _lastPause),
            ThreadPoolQueue = ThreadPool.PendingWorkItemCount,
        });
        (_lastAt, _lastCpu, _lastPause) = (now, cpu, pause);
    }

    private void CheckAbort(long now)
    {
        if (_request.Plan.Scenario.Abort.Count > 0)
        {
            var plan = _request.Plan;
            var waiting = _flights.All
                .Select(f => new WaitingRequest(f.Planned, plan.PhaseAt(f.Planned), f.Arrival.Cohort, f.Instants.HasFirstToken))
                .ToList();
            if (_abort.Check(now, _recent.At(now), waiting) is { } reason)
            {
                _stop.Request(RunEnding.Aborted, reason);
            }
        }

        if (_request.AbortFile is { } file && File.Exists(file))
        {
            _stop.Request(RunEnding.Aborted, $"abort requested: {FirstLine(file)}");
        }
    }

    private static string FirstLine(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            var text = new char[OneLine.DefaultLength];
            var length = reader.ReadBlock(text);
            var line = new string(text, 0, length).Split('\n')[0].Trim();
            return line.Length == 0 ? "by the operator" : OneLine.Of(line);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "by the operator";
        }
    }

    private RunProgress Snapshot(long now)
    {
        var plan = _request.Plan;
        var ttft = new Distribution(_recent.At(now).Where(o => o.FirstToken is not null)
            .Select(o => Nanos.ToSeconds(o.FirstToken!.Value - o.Planned)));
        return new RunProgress(
            TimeSpan.FromTicks(now / 100), TimeSpan.FromTicks(plan.End / 100), plan.PhaseAt(now),
            plan.Scenario.Workload is Workload.Open ? plan.Arrivals.Count : null,
            _flights.Count, _tally.Snapshot(),
            ttft.Quantile(0.5), ttft.Quantile(0.99),
            [.. plan.Faults.Where(f => f.Start <= now && now < f.End).Select(f => f.Fault.Id)]);
    }
}
