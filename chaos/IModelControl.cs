namespace ChaosBench.Chaos;

/// <summary>Power over what the replicas of an in-process target serve, given by the harness.</summary>
public interface IModelControl
{
    /// <summary>The target's own model.</summary>
    string Folder { get; }

    /// <summary>
    /// The replica ends as by a kill, and its next life serves the model of another folder; null: its own again, once what runs on it has
    /// had a few seconds to end. A replica that serves what was asked for is left alone.
    /// </summary>
    /// <returns>Null when it serves; else why it does not.</returns>
    Task<string?> LoadAsync(int replica, string? folder, CancellationToken cancellation);

    /// <summary>The replica's answer to fixed questions, without sampling; null while it gives none.</summary>
    Task<string?> CanaryAsync(int replica, CancellationToken cancellation);

    /// <summary>Why the logits of this target's replicas cannot be touched, continuing "model.logits_nan ..."; null where they can.</summary>
    string? LogitsRefusal { get; }

    /// <summary>
    /// Asks, once for each request on the replica, what all its logits become: a number that is none, or null to leave them.
    /// <paramref name="damage"/> gets the request's id and its fault key (see <see cref="DependencyChaos.FaultKey"/>); null ends it.
    /// </summary>
    void DamageLogits(int replica, Func<string, string, float?>? damage);
}
