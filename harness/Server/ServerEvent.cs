namespace ChaosBench.Server;

/// <summary>Something the server noticed about itself. Raised on the thread that noticed: handlers return at once and never throw.</summary>
/// <param name="Kind">One of <see cref="ServerEventKind"/>.</param>
/// <param name="Replica">The replica it is about, if it is about one.</param>
/// <param name="RequestId">The request it happened to, if it happened to one.</param>
/// <param name="Detail">One short line; never prompt or output text.</param>
public sealed record ServerEvent(string Kind, int? Replica = null, string? RequestId = null, string? Detail = null);

/// <summary>The closed list of event kinds, as they are written in journals.</summary>
public static class ServerEventKind
{
    /// <summary>A replica was found dead, by a request on it or by the probe.</summary>
    public const string ReplicaLost = "replica-lost";

    /// <summary>A replica's worker process is there and gives no sign of life.</summary>
    public const string ReplicaUnresponsive = "replica-unresponsive";

    /// <summary>A replica was started (again) and has answered its warm-up.</summary>
    public const string ReplicaReady = "replica-ready";

    /// <summary>The router sends nothing more to a replica.</summary>
    public const string Ejected = "ejected";

    /// <summary>The router sends to a replica again.</summary>
    public const string Readmitted = "readmitted";

    /// <summary>A replica that nobody took down is about to be started again.</summary>
    public const string ReplicaRestarting = "replica-restarting";

    /// <summary>A replica was lost too often: it stays down until somebody restarts it.</summary>
    public const string ReplicaGivenUp = "replica-given-up";

    /// <summary>A replica takes no new requests, because a rolling restart has come to it.</summary>
    public const string ReplicaDraining = "replica-draining";

    /// <summary>A request that had streamed nothing moves to another replica.</summary>
    public const string FailedOver = "failed-over";

    public const string DependencyTimeout = "dependency-timeout";

    /// <summary>The request goes on without its dependency: degraded.</summary>
    public const string DependencyFallback = "dependency-fallback";

    public const string DependencyError = "dependency-error";

    /// <summary>Too many calls to a dependency failed; it is left alone for a while.</summary>
    public const string DependencyBreakerOpened = "dependency-breaker-opened";

    /// <summary>One call is let through, to see whether the dependency is back.</summary>
    public const string DependencyBreakerProbing = "dependency-breaker-probing";

    /// <summary>The dependency answered again.</summary>
    public const string DependencyBreakerClosed = "dependency-breaker-closed";

    /// <summary>A request's time was over before its answer was whole; its place is free again.</summary>
    public const string DeadlineExceeded = "deadline-exceeded";

    /// <summary>A request was refused for what its text holds.</summary>
    public const string GuardrailRefused = "guardrail-refused";

    /// <summary>A request goes on without some of its characters.</summary>
    public const string GuardrailSanitised = "guardrail-sanitised";

    /// <summary>A poisoned record of the context store was found; it is not served.</summary>
    public const string GuardrailQuarantined = "guardrail-quarantined";

    /// <summary>Admission control turned a request away.</summary>
    public const string QueueFull = "queue-full";
}
