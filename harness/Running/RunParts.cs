using ChaosBench.Chaos;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Server;

namespace ChaosBench.Harness.Running;

/// <summary>The parts of one run, composed: targets with their chaos hooks, the announcer, the fault timeline.</summary>
internal sealed class RunParts : IAsyncDisposable
{
    private RunParts(
        IReadOnlyDictionary<TargetRole, ITarget> targets, JournalAnnouncer announcer, FaultTimeline timeline, JournalWriter journal)
    {
        Targets = targets;
        Announcer = announcer;
        Timeline = timeline;
        Journal = journal;
    }

    /// <summary>The baseline first: if it cannot start, the candidate is not judged.</summary>
    public IReadOnlyDictionary<TargetRole, ITarget> Targets { get; }
    public JournalAnnouncer Announcer { get; }
    public FaultTimeline Timeline { get; }
    public JournalWriter Journal { get; }
    public bool ServesInProcess => Targets.Values.Any(target => target is OnnxTarget);

    /// <exception cref="UsageException">A planned fault cannot be injected into these targets.</exception>
    public static RunParts Create(Plan plan, RunSettings settings, JournalWriter journal, RunClock clock, TimeProvider time)
    {
        var announcer = new JournalAnnouncer(journal, () => clock.Now);
        var targets = new SortedDictionary<TargetRole, ITarget>(Comparer<TargetRole>.Create((left, right) => right.CompareTo(left)));
        var controls = new List<TargetControls>();
        Add(TargetRole.Candidate, plan.Scenario.Candidate);
        if (plan.Scenario.Baseline is { } baseline)
        {
            Add(TargetRole.Baseline, baseline);
        }

        try
        {
            var injectors = plan.Faults.Select(fault => InjectorFactory.Create(fault, plan.Seed, controls, announcer)).ToList();
            return new RunParts(targets, announcer, new FaultTimeline(injectors, announcer, time), journal);
        }
        catch (FaultRefusedException refusal)
        {
            throw new UsageException($"{settings.Loaded.Suite.Path}: scenario '{plan.Scenario.Name}': {refusal.Message}");
        }

        void Add(TargetRole role, Target target)
        {
            switch (target)
            {
                case Target.Onnx onnx:
                    var chaos = onnx.ContextStore is null ? null : new DependencyChaos("context-store", plan.Seed, announcer);
                    var served = new OnnxTarget(onnx, chaos, (name, happening) => journal.Write(Detection(name, happening, clock)), time);
                    targets[role] = served;
                    controls.Add(new TargetControls(onnx.Name, served.Replicas, chaos is null ? [] : [chaos]));
                    break;
                case Target.OpenAi remote:
                    targets[role] = OpenAiTargets.Create(remote, settings.Loaded.Resolve, time);
                    controls.Add(new TargetControls(remote.Name, null, []));
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in Targets.Values)
        {
            await target.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static JournalEvent.Detection Detection(string target, ServerEvent happening, RunClock clock) => new()
    {
        At = clock.Now,
        By = happening.Kind.StartsWith("dependency", StringComparison.Ordinal) ? "dependency" : "router",
        What = happening.Kind,
        Target = target,
        Replica = happening.Replica,
        Request = happening.RequestId,
    };
}
