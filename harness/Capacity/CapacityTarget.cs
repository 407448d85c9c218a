using ChaosBench.Chaos;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Server;

namespace ChaosBench.Harness.Capacity;

/// <summary>One target for all of its probes: started once, so that loading is not measured again and again.</summary>
internal sealed class CapacityTarget : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private (IJournalWriter Journal, RunClock Clock)? _listener;

    public CapacityTarget(TargetRole role, Target settings, LoadedSuite loaded, TimeProvider time)
    {
        (Role, Settings, _time) = (role, settings, time);
        switch (settings)
        {
            case Target.Onnx onnx:
                var served = new OnnxTarget(onnx, null, loaded.Resolve, Hear, time);
                (Served, Replicas) = (served, served.Replicas);
                break;
            case Target.OpenAi remote:
                Served = OpenAiTargets.Create(remote, loaded.Resolve, time);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public TargetRole Role { get; }
    public Target Settings { get; }
    public ITarget Served { get; }

    /// <summary>Null: they are not in reach.</summary>
    public IReplicaControl? Replicas { get; }

    public TargetControls Controls => new(Settings.Name, Replicas, []);
    public bool InProcess => Settings is Target.Onnx;
    public TargetIdentity? Identity { get; private set; }

    /// <summary>The shortest time that one request alone took; set by <see cref="StartAsync"/>.</summary>
    public Resting Rest { get; private set; } = null!;

    /// <exception cref="TargetUnavailableException">It does not start, or does not answer a single request of the mix.</exception>
    public async Task StartAsync(Plan sample, CancellationToken cancellation)
    {
        Identity = await Served.StartAsync(cancellation).ConfigureAwait(false);
        Rest = await Resting.MeasureAsync(Served, sample, _time, cancellation).ConfigureAwait(false);
    }

    /// <summary>What happens to its replicas goes into the journal of the probe that runs.</summary>
    public void TellTo(IJournalWriter? journal, RunClock clock) => _listener = journal is null ? null : (journal, clock);

    public ValueTask DisposeAsync() => Served.DisposeAsync();

    private void Hear(string name, ServerEvent happened)
    {
        if (_listener is var (journal, clock))
        {
            journal.Write(EventSources.Detection(name, happened, clock.Now));
        }
    }
}
