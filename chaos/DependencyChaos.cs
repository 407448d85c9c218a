using System.Collections.Immutable;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Scenarios.Planning;
using Polly;
using Polly.Simmy;
using Polly.Simmy.Fault;
using Polly.Simmy.Latency;

namespace ChaosBench.Chaos;

/// <summary>
/// The Polly chaos strategies of one named dependency. They are built into its pipeline once, innermost, and do nothing until
/// an injector activates a fault here.
/// </summary>
/// <remarks>
/// Polly draws its coin in call order, so the same seed would hit other requests under other scheduling. Here the rate is 1 or
/// 0 by a keyed hash of what was asked, and Polly's own coin is fixed at 0: below 1 it injects, below 0 it never does.
/// </remarks>
public sealed class DependencyChaos(string name, ulong seed, IAnnouncer announcer)
{
    /// <summary>Set by the server for each lookup: whom injections are announced for.</summary>
    public static readonly ResiliencePropertyKey<string> RequestId = new("request.id");

    /// <summary>
    /// Set by the server for each lookup: what the coin is about, the same in both arms of an A/B run. Empty: the request is
    /// spared. Not set: the request id.
    /// </summary>
    public static readonly ResiliencePropertyKey<string> FaultKey = new("fault.key");

    /// <summary>Set by the server for each lookup: the record that is asked for.</summary>
    public static readonly ResiliencePropertyKey<string> RecordKey = new("dependency.record");

    private ImmutableArray<IDependencyFault> _active = [];

    /// <summary>
    /// The fault key of a request by its id, where requests come over HTTP, which carries the id alone. Null: they bring their keys.
    /// </summary>
    public Func<string, string>? KeyOfRequest { get; init; }

    /// <summary>The plan has a fault that answers with what was answered before.</summary>
    public bool KeepsAnswers { get; init; }

    public string Name { get; } = name;

    internal bool IsActive(IDependencyFault fault) => _active.Contains(fault);

    internal void Activate(IDependencyFault fault) => ImmutableInterlocked.Update(ref _active, active => active.Add(fault));

    internal void Deactivate(IDependencyFault fault) => ImmutableInterlocked.Update(ref _active, active => active.Remove(fault));

    /// <summary>Adds the strategies; call it last, so that they sit innermost.</summary>
    /// <param name="answer">A record of the dependency from JSON text; null: its answers cannot be changed.</param>
    public void AddTo<T>(ResiliencePipelineBuilder<T> builder, Func<string, T>? answer = null)
    {
        builder.AddChaosLatency(new ChaosLatencyStrategyOptions
        {
            Name = Name + ".latency",
            Randomizer = () => 0.0,
            InjectionRateGenerator = arguments => Rate(arguments.Context, fault => fault is DependencyLatency or DependencyTimeout),
            LatencyGenerator = arguments => ValueTask.FromResult(Latency(arguments.Context)),
        });
        builder.AddChaosFault(new ChaosFaultStrategyOptions
        {
            Name = Name + ".error",
            Randomizer = () => 0.0,
            InjectionRateGenerator = arguments => Rate(arguments.Context, fault => fault is DependencyError),
            FaultGenerator = arguments => ValueTask.FromResult<Exception?>(Error(arguments.Context)),
        });
        if (answer is not null)
        {
            builder.AddStrategy(_ => new AnswerStrategy<T>(this, answer), new AnswerStrategyOptions { Name = Name + ".answer" });
        }
    }

    /// <summary>The record that stands in for the answer; null: the answer is left alone.</summary>
    internal string? Poison(ResilienceContext context)
    {
        var key = Key(context);
        if (key.Length == 0)
        {
            return null;
        }

        foreach (var fault in _active.OfType<PoisonedAnswer>())
        {
            announcer.Unit(fault.Fault, Request(context), UnitEvent.Eligible);
            if (Selected(fault, fault.ByRecord ? context.Properties.GetValue(RecordKey, key) : key))
            {
                Struck(fault, context);
                return fault.Record;
            }
        }

        return null;
    }

    /// <summary>Whether the first answer for this record stands in for the present one.</summary>
    /// <param name="kept">There is one.</param>
    internal bool Stales(ResilienceContext context, bool kept)
    {
        var key = Key(context);
        foreach (var fault in key.Length == 0 ? [] : _active.OfType<StaleAnswer>())
        {
            announcer.Unit(fault.Fault, Request(context), UnitEvent.Eligible);
            if (Selected(fault, key))
            {
                if (kept)
                {
                    Struck(fault, context);
                    return true;
                }

                announcer.Unit(fault.Fault, Request(context), UnitEvent.Selected);
                announcer.Unit(fault.Fault, Request(context), UnitEvent.Bypassed);
            }
        }

        return false;
    }

    private ValueTask<double> Rate(ResilienceContext context, Func<IDependencyFault, bool> isMeant)
    {
        var key = Key(context);
        if (key.Length == 0)
        {
            return ValueTask.FromResult(0.0);
        }

        var hit = false;
        foreach (var fault in _active)
        {
            if (!isMeant(fault))
            {
                continue;
            }

            announcer.Unit(fault.Fault, Request(context), UnitEvent.Eligible);
            hit |= Selected(fault, key);
        }

        return ValueTask.FromResult(hit ? 1.0 : 0.0);
    }

    /// <summary>The sum over the faults that chose this request.</summary>
    private TimeSpan Latency(ResilienceContext context)
    {
        var total = Hits<DependencyTimeout>(context).Count > 0 ? DependencyTimeout.Never : TimeSpan.Zero;
        foreach (var fault in Hits<DependencyLatency>(context))
        {
            total += fault.Latency.Draw(seed, fault.Fault.Fault.Id, Key(context));
        }

        return total;
    }

    private DependencyFaultException Error(ResilienceContext context) =>
        new(Name, Hits<DependencyError>(context).First().Fault.Fault.Id);

    /// <summary>Announces each hit as selected and applied: Polly asks only when it is about to inject.</summary>
    private List<TFault> Hits<TFault>(ResilienceContext context)
        where TFault : IDependencyFault
    {
        var key = Key(context);
        var hits = _active.OfType<TFault>().Where(fault => Selected(fault, key)).ToList();
        hits.ForEach(fault => Struck(fault, context));
        return hits;
    }

    private void Struck(IDependencyFault fault, ResilienceContext context)
    {
        announcer.Unit(fault.Fault, Request(context), UnitEvent.Selected);
        announcer.Unit(fault.Fault, Request(context), UnitEvent.Applied);
    }

    private bool Selected(IDependencyFault fault, string key) =>
        fault.Fault.Hits(seed, key);

    private static string Request(ResilienceContext context) => context.Properties.GetValue(RequestId, "");

    private string Key(ResilienceContext context) =>
        KeyOfRequest is { } known ? known(Request(context)) : context.Properties.GetValue(FaultKey, Request(context));
}

/// <summary>A fault that sits in a dependency's pipeline.</summary>
internal interface IDependencyFault
{
    PlannedFault Fault { get; }
}

/// <summary>The error that <c>dependency.error</c> puts in place of a lookup's answer.</summary>
public sealed class DependencyFaultException(string dependency, string fault)
    : Exception($"{dependency} is unavailable (injected by {fault})");
