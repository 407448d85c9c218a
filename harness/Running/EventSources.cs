using ChaosBench.Reports.Journal;
using ChaosBench.Server;

namespace ChaosBench.Harness.Running;

/// <summary>Which part of the server an event of it comes from: who noticed, in the journal.</summary>
internal static class EventSources
{
    public static JournalEvent.Detection Detection(string target, ServerEvent happening, long at) => new()
    {
        At = at,
        By = Of(happening),
        What = happening.Kind,
        Target = target,
        Replica = happening.Replica,
        Request = happening.RequestId,
    };

    internal static string Of(ServerEvent happening) => happening.Kind switch
    {
        // Whoever finds a replica dead first: a request that the router sent there, or the server's own probe between requests.
        ServerEventKind.ReplicaLost or ServerEventKind.ReplicaUnresponsive => happening.RequestId is null ? "health-probe" : "router",
        ServerEventKind.Ejected or ServerEventKind.Readmitted or ServerEventKind.FailedOver => "router",
        ServerEventKind.ReplicaReady or ServerEventKind.ReplicaRestarting or ServerEventKind.ReplicaGivenUp => "supervisor",
        ServerEventKind.ReplicaDraining => "rollout",
        ServerEventKind.QueueFull => "admission",
        ServerEventKind.DeadlineExceeded => "scheduler",
        _ when happening.Kind.StartsWith("dependency-", StringComparison.Ordinal) => "dependency",
        _ when happening.Kind.StartsWith("guardrail-", StringComparison.Ordinal) => "guardrail",

        // A kind that is new to this list is news of the server all the same.
        _ => "server",
    };
}
