using System.Globalization;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Capacity;

/// <summary>Replicas that are down for a whole series of probes: <c>node.kill</c>, lifted when the series ends, however it ends.</summary>
internal sealed class LostNodes : IDisposable
{
    /// <summary>Longer than any series: the fault is lifted by its owner.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromDays(7);

    private readonly CancellationTokenSource _over = new();
    private readonly Task<HealResult[]> _running;

    private LostNodes(IReadOnlyList<IInjector> injectors, Announcer announcer, TimeProvider time) =>
        _running = new FaultTimeline(injectors, announcer, time).RunAsync(() => 0, _over.Token);

    /// <summary>Kills the last <paramref name="count"/> replicas and returns when they are gone.</summary>
    /// <param name="target">One whose replicas are in reach and more than <paramref name="count"/>.</param>
    /// <exception cref="InvalidOperationException">One could not be killed; all are healed.</exception>
    public static async Task<LostNodes> KillAsync(CapacityTarget target, int count, ulong seed, TimeProvider time)
    {
        var announcer = new Announcer(count);
        var injectors = Enumerable.Range(0, count)
            .Select(number => InjectorFactory.Create(Fault(number, target.Replicas!.Count - 1 - number), seed, [target.Controls], announcer))
            .ToList();
        var lost = new LostNodes(injectors, announcer, time);
        try
        {
            await announcer.InPlace.ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            await lost.HealAsync().ConfigureAwait(false);
            lost.Dispose();
            throw;
        }

        return lost;
    }

    /// <summary>Starts the replicas again and checks that they serve. May be called twice.</summary>
    public async Task<HealState> HealAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        return HealStates.Of(await _running.ConfigureAwait(false));
    }

    /// <summary>Does not heal.</summary>
    public void Dispose() => _over.Dispose();

    private static PlannedFault Fault(int number, int replica) => new(
        number,
        new Fault
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"lost-node-{number + 1}"),
            Kind = "node.kill",
            At = TimeSpan.Zero,
            For = Forever,
            Select = new Dictionary<string, string> { ["replica"] = replica.ToString(CultureInfo.InvariantCulture) },
        },
        0, Nanos.From(Forever));

    /// <summary>Waits until every fault is in place.</summary>
    private sealed class Announcer(int count) : IAnnouncer
    {
        private readonly TaskCompletionSource _inPlace = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task InPlace => _inPlace.Task;

        public void Transition(PlannedFault fault, FaultStage stage, string? detail)
        {
            if (stage == FaultStage.Active && Interlocked.Decrement(ref _left) == 0)
            {
                _inPlace.TrySetResult();
            }
            else if (stage == FaultStage.Failed)
            {
                _inPlace.TrySetException(new InvalidOperationException($"a replica could not be killed: {detail}"));
            }
        }

        public void Unit(PlannedFault fault, string key, UnitEvent kind)
        {
        }
    }
}
