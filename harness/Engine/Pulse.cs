using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

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

    // Null: no plan says how many there will be.
    private readonly int? _planned;

    // Touched by one beat at a time: a beat that finds another at work leaves.
    private int _beating;
    private readonly GeneratorWatch _watch;

    public Pulse(RunRequest request, RunStop stop, Flights flights, Tally tally, RecentWindow recent, GeneratorWatch watch)
    {
        _request = request;
        _stop = stop;
        _flights = flights;
        _tally = tally;
        _recent = recent;
        _watch = watch;
        _planned = request.Plan.Scenario.Workload is Workload.Open { Sessions: false }
            ? request.Shard?.CountOf(request.Plan) ?? request.Plan.Arrivals.Count : null;
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
            _request.Journal.Write(_watch.Sample(now, _flights.Count) with { Devices = _request.Devices?.Invoke() ?? [], Memory = _request.Memory?.Invoke() });
            CheckAbort(now);
            _request.Progress?.Report(Snapshot(now));
        }
#pragma warning disable CA1031 // A timer callback has nobody above it: an escaped exception would end the process without a journal.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _stop.Broke("watching the run", bug);
        }
        finally
        {
            Volatile.Write(ref _beating, 0);
        }
    }

    private void CheckAbort(long now)
    {
        if (_request.Plan.Scenario.Abort.Count > 0 || _request.Conditions is { AreWatched: true })
        {
            var plan = _request.Plan;
            var waiting = _flights.All
                .Where(f => !plan.Scenario.IsMirrored || f.Arrival.Role == TargetRole.Baseline)
                .Select(f => new WaitingRequest(f.Planned, plan.PhaseAt(f.Planned), f.Arrival.Cohort, f.Instants.HasFirstToken))
                .ToList();
            var recent = _recent.At(now);
            if (_abort.Check(now, recent, waiting) is { } reason)
            {
                _stop.Request(RunEnding.Aborted, reason);
            }

            _request.Conditions?.Look(now, recent, waiting);
        }

        if (_request.AbortFiles.FirstOrDefault(File.Exists) is { } file)
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
        var ttft = new Distribution(_recent.FirstTokensAt(now));
        var ends = _request.ProgressHasEnds ? new Distribution(_recent.EndsAt(now)) : null;
        return new RunProgress(
            TimeSpan.FromTicks(now / 100), TimeSpan.FromTicks(plan.End / 100), plan.PhaseAt(now),
            _planned,
            _flights.Count, _tally.Snapshot(),
            ttft.Quantile(0.5), ttft.Quantile(0.99),
            _request.ActiveFaults?.Invoke() ?? [.. plan.Faults.Where(f => f.ActsAt(now)).Select(f => f.Fault.Id)])
        {
            E2eP50 = ends?.Quantile(0.5),
            E2eP99 = ends?.Quantile(0.99),
            OutputTokens = _tally.OutputTokens,
        };
    }
}
