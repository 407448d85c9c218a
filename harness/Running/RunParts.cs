using ChaosBench.Chaos;
using ChaosBench.Chaos.Client;
using ChaosBench.Chaos.Hostile;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.Clients;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

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

    /// <summary>What the engine sends to, once the targets have started.</summary>
    public IReadOnlyDictionary<TargetRole, ITarget> Senders => Targets.ToDictionary(pair => pair.Key, pair => Before(pair.Key, pair.Value is ProxiedTarget proxied ? proxied.Sender : pair.Value));

    /// <summary>Of targets whose server the run starts itself.</summary>
    public required IReadOnlyDictionary<TargetRole, IServerProcess> Servers { get; init; }

    /// <summary>For what their servers do not count.</summary>
    public required TargetTokenizers Tokenizers { get; init; }

    /// <summary>Null when no fault waits for one.</summary>
    public LiveConditions? Conditions { get; private init; }

    /// <summary>See <see cref="RunSettings.InFront"/>. Does not own what it stands before.</summary>
    private Func<TargetRole, ITarget, ITarget>? InFront { get; init; }

    public JournalAnnouncer Announcer { get; }
    public FaultTimeline Timeline { get; }
    public JournalWriter Journal { get; }
    public bool ServesInProcess => Targets.Values.Select(target => target is PolicyTarget client ? client.Inner : target)
        .Any(target => target is OnnxTarget or ProxiedTarget { IsServedHere: true });

    /// <exception cref="UsageException">A planned fault cannot be injected into these targets, or a tokenizer cannot be read.</exception>
    public static RunParts Create(
        Plan plan, RunSettings settings, JournalWriter journal, RunClock clock, NodeReach? reach, TimeProvider time)
    {
        var tokenizers = TargetTokenizers.Load(plan.Scenario, settings.Loaded.Suite.Path);
        var announcer = new JournalAnnouncer(journal, () => clock.Now);
        var targets = new SortedDictionary<TargetRole, ITarget>(Comparer<TargetRole>.Create((left, right) => right.CompareTo(left)));
        var controls = new List<TargetControls>();
        var servers = new Dictionary<TargetRole, IServerProcess>();
        Add(TargetRole.Candidate, plan.Scenario.Candidate);
        if (plan.Scenario.Baseline is { } baseline)
        {
            Add(TargetRole.Baseline, baseline);
        }

        UnderPolicy(plan, targets, controls, announcer, plan.Scenario.Telemetry is null ? null : new AttemptLog(journal, clock), time);
        try
        {
            var conditions = plan.Faults.Any(fault => fault.Fault.Schedule.Until is not null) ? new LiveConditions() : null;
            var timeline = new FaultTimeline(Injectors(OfShard(plan, settings.Sharding?.Shard), controls, announcer, clock, reach, time), announcer, time) { Conditions = conditions };
            journal.Noticed = new DetectionWatch(plan, timeline.Moments).Hear;
            return new RunParts(targets, announcer, timeline, journal) { Servers = servers, Tokenizers = tokenizers, Conditions = conditions, InFront = settings.InFront };
        }
        catch (FaultRefusedException refusal)
        {
            throw new UsageException($"{settings.Loaded.Suite.Path}: scenario '{plan.Scenario.Name}': {refusal.Message}");
        }

        // Without such a fault there is no proxy in the path, and nothing is paid for one.
        TargetControls Routed(TargetRole role, ITarget target, TargetControls direct, Func<OpenAiSettings>? settingsOf)
        {
            if (!PlansWireFault(plan) || direct.NoProxyReason is not null)
            {
                targets[role] = target;
                return direct;
            }

            var proxied = Proxied(target, () => settingsOf?.Invoke(), plan, announcer, time, settings.Traces);
            targets[role] = proxied;
            return direct with { Proxy = () => proxied.Proxy, Endpoint = () => proxied.Endpoint };
        }

        IServerProcess? Server(TargetRole role, Target.OpenAi remote) => remote.Command.Count == 0 || reach is null || !OperatingSystem.IsLinux()
            ? null
            : servers[role] = StartedServers.Create(
                remote, new LoadedCommand(OpenAiTargets.UrlOf(remote, settings.Loaded.Resolve), settings.Loaded.Variables), reach.Leases, time);

        void Add(TargetRole role, Target target)
        {
            switch (target)
            {
                case Target.Onnx onnx:
                    Func<string, string>? keyOf = PlansWireFault(plan) ? new PlanKeys(plan).KeyOf : null;
                    var chaos = onnx.ContextStore is null ? null : new DependencyChaos("context-store", plan.Seed, announcer)
                    {
                        // Through the HTTP face a request brings its id alone.
                        KeyOfRequest = keyOf,
                        KeepsAnswers = plan.Faults.Any(fault => fault.Fault.Kind == "dependency.stale_answer"),
                    };
                    var served = new OnnxTarget(onnx, chaos, settings.Loaded.Resolve, (name, happening) => journal.Write(EventSources.Detection(name, happening, clock.Now)), time)
                    {
                        KeyOfRequest = keyOf,
                    };
                    controls.Add(Routed(role, served, new TargetControls(onnx.Name, served.Replicas, chaos is null ? [] : [chaos]), null));
                    break;
                case Target.OpenAi remote:
                    var called = OpenAiTargets.Create(remote, settings.Loaded.Resolve, time, settings.Traces);
                    controls.Add(Routed(
                        role, called, new TargetControls(remote.Name, null, [])
                        {
                            Process = Server(role, remote), NoProxyReason = OpenAiTargets.NoProxyReason(remote),
                        },
                        () => OpenAiTargets.Settings(remote, settings.Loaded.Resolve, time, settings.Traces)));
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>What exists once is broken by one shard; what is decided request by request, by each.</summary>
    private static Plan OfShard(Plan plan, Shard? shard) => shard is null ? plan : plan with
    {
        Faults =
        [
            .. plan.Faults.Where(fault => FaultCatalogue.Find(fault.Fault.Kind) is not { } kind
                || shard.Owns(plan.Scenario, fault.Fault, kind.Vantage, kind.Scope)),
        ],
    };

    /// <summary>Starts a target that was started before and stopped since.</summary>
    /// <exception cref="TargetUnavailableException">It does not come up again.</exception>
    public async Task StartAgainAsync(TargetRole role, CancellationToken cancellation)
    {
        if (!Servers.TryGetValue(role, out var server))
        {
            await Bare(role).StartAsync(cancellation).ConfigureAwait(false);
            return;
        }

        try
        {
            await server.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (ChaosBench.Chaos.Leases.LeaseException trouble)
        {
            throw new TargetUnavailableException(trouble.Message, trouble);
        }
    }

    /// <summary>Ends what the run started for a target; nothing is asked of it until it is started again.</summary>
    public ValueTask StopAsync(TargetRole role) => Servers.TryGetValue(role, out var server) ? server.DisposeAsync() : Bare(role).DisposeAsync();

    private ITarget Bare(TargetRole role) => Targets[role] is PolicyTarget client ? client.Inner : Targets[role];

    /// <summary>Where clients decide when they send, a share that changes is asked for at that moment.</summary>
    private static List<IInjector> Injectors(
        Plan plan, IReadOnlyList<TargetControls> controls, JournalAnnouncer announcer, RunClock clock, NodeReach? reach, TimeProvider time) =>
    [
        .. plan.Faults.Select(fault => InjectorFactory.Create(
            fault with { Now = () => clock.Now }, plan.Seed, controls, announcer, reach, time)),
    ];

    /// <summary>Without a client policy nothing stands between the engine and its targets.</summary>
    private static void UnderPolicy(
        Plan plan, SortedDictionary<TargetRole, ITarget> targets, List<TargetControls> controls, JournalAnnouncer announcer, AttemptLog? attempts, TimeProvider time)
    {
        if (plan.Scenario.ClientPolicy is not { } policy)
        {
            return;
        }

        var chaos = new ClientChaos(plan.Seed, announcer);
        foreach (var (role, target) in targets.ToList())
        {
            targets[role] = new PolicyTarget(target, policy, chaos, time) { Attempts = attempts };
        }

        // One path for both arms: a fault is put in place once.
        for (var at = 0; at < controls.Count; at++)
        {
            controls[at] = controls[at] with { Client = chaos };
        }
    }

    private ITarget Before(TargetRole role, ITarget target) => InFront is { } put ? put(role, target) : target;

    private static ProxiedTarget Proxied(
        ITarget target, Func<OpenAiSettings?> settingsOf, Plan plan, JournalAnnouncer announcer, TimeProvider time, TraceIds? traces)
    {
        var faced = target is OnnxTarget served ? new FacedTarget(served, time) : null;
        return new ProxiedTarget(faced ?? target, () => (faced?.Settings() ?? settingsOf()!) with { Traces = traces }, plan, announcer, time)
        {
            WithProxy = PlansProxyFault(plan),
        };
    }

    /// <summary>A served model is then reached over HTTP, as others would.</summary>
    private static bool PlansWireFault(Plan plan) => PlansProxyFault(plan) || plan.Faults.Any(fault => HostileFaults.Handles(fault.Fault.Kind));

    private static bool PlansProxyFault(Plan plan) => plan.Faults.Any(fault => ProxyFaults.Handles(fault.Fault.Kind) || NodeVictims.IsProxied(plan.Scenario, fault.Fault));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers.Values)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var target in Targets.Values)
        {
            await target.DisposeAsync().ConfigureAwait(false);
        }
    }
}
