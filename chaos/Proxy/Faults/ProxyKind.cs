using ChaosBench.Scenarios.Model;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary>Entries of the catalogue for what happens between a client and the endpoint it calls.</summary>
internal static class ProxyKind
{
    /// <summary>One coin for each reply that is an event stream.</summary>
    public static FaultKind Stream(string name, string summary, string response, string example, params FaultParameter[] parameters) =>
        Of(name, FaultScope.Stream, "stream", summary, response, example, parameters);

    /// <summary>Legal, though unusual: a client that fails over it is at fault.</summary>
    public static FaultKind Control(string name, string summary, string example, params FaultParameter[] parameters) => Of(
        name, FaultScope.Stream, "control", summary, "Nothing is noticed: the same answer as without it. Whoever refuses it refuses legal framing.",
        example, parameters);

    /// <summary>One coin for each request.</summary>
    public static FaultKind Http(string name, string summary, string response, string example, params FaultParameter[] parameters) =>
        Of(name, FaultScope.Request, "http", summary, response, example, parameters);

    /// <summary>One coin for each request, though the connection breaks: a coin for each connection would spare or doom all that share it.</summary>
    public static FaultKind Connection(string name, string summary, string response, string example, params FaultParameter[] parameters) =>
        Of(name, FaultScope.Request, "connection", summary, response, example, parameters);

    private static FaultKind Of(
        string name, FaultScope scope, string family, string summary, string response, string example, FaultParameter[] parameters) =>
        new(name, Vantage.Upstream, scope, family, Fidelity.Real, summary, response, parameters, $"{{ fault: {name}, share: 30%{example} }}");
}
