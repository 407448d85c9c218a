using Polly;

namespace ChaosBench.Server.Dependencies;

/// <summary>What a strategy inside a dependency's pipeline can know of the call it sits in. Keys compare by name.</summary>
public static class DependencyKeys
{
    /// <summary>The request that caused the call; a keyed coin makes the same requests victims at any concurrency.</summary>
    public static ResiliencePropertyKey<string> RequestId { get; } = new("request.id");

    public static ResiliencePropertyKey<string> DependencyName { get; } = new("dependency.name");

    /// <summary>Set by the fallback, read when the call is over.</summary>
    internal static ResiliencePropertyKey<bool> FellBack { get; } = new("dependency.fell-back");
}
