using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy;

/// <summary>Says what the coin of a fault is tossed about.</summary>
public interface ITrafficKeys
{
    /// <param name="request">The request's <c>x-request-id</c>, or else its connection and its place on it, <c>c3-r7</c>.</param>
    /// <returns>The key of the coin; null spares the request: the fault is not about it.</returns>
    string? KeyOf(PlannedFault fault, string request);
}

/// <summary>Every request is what it says it is.</summary>
public sealed class RequestIdKeys : ITrafficKeys
{
    public static RequestIdKeys Instance { get; } = new();

    public string? KeyOf(PlannedFault fault, string request) => request;
}
