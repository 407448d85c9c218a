using Polly;

namespace ChaosBench.Server.Dependencies;

/// <summary>What a strategy inside a dependency's pipeline can know of the call it sits in. Keys compare by name.</summary>
public static class DependencyKeys
{
    /// <summary>The request that caused the call.</summary>
    public static ResiliencePropertyKey<string> RequestId { get; } = new("request.id");

    /// <summary>What a keyed coin about the request goes by; empty when no fault may hit it.</summary>
    public static ResiliencePropertyKey<string> FaultKey { get; } = new("fault.key");

    public static ResiliencePropertyKey<string> DependencyName { get; } = new("dependency.name");

    /// <summary>The record that is asked for; empty where the dependency has none.</summary>
    public static ResiliencePropertyKey<string> Record { get; } = new("dependency.record");

    /// <summary>Why the fallback answered; set by it, read when the call is over.</summary>
    internal static ResiliencePropertyKey<string> FellBack { get; } = new("dependency.fell-back");

    /// <summary>The caller's own cancellation: strategies further in see a token that the time-out cancels, too.</summary>
    internal static ResiliencePropertyKey<CancellationToken> Caller { get; } = new("dependency.caller");
}
