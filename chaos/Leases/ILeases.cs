namespace ChaosBench.Chaos.Leases;

/// <summary>Where injectors write down what they are about to break.</summary>
public interface ILeases
{
    /// <summary>Durable, and known to a watchdog, when it returns: only then may the fault be put in place.</summary>
    /// <param name="fault">The fault's id.</param>
    /// <param name="ttl">After this the watchdog heals even though the run lives; null: only when the run ends.</param>
    /// <exception cref="LeaseException">It cannot be written, or there is no watchdog: nothing may be injected.</exception>
    Task<IHeldLease> TakeAsync(string fault, HealAction heal, TimeSpan? ttl, CancellationToken cancellation);
}

/// <summary>A lease of this run.</summary>
public interface IHeldLease
{
    /// <summary>Takes the fault away, checks that it is gone, and lets the lease go. Once is enough; more is harmless.</summary>
    /// <exception cref="LeaseException">It is still there; the lease stays.</exception>
    Task HealAsync(CancellationToken cancellation);
}
