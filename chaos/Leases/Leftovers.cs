using System.Runtime.Versioning;

namespace ChaosBench.Chaos.Leases;

/// <summary>Finishes the leases whose owners are gone. Leases of a run that lives are never touched.</summary>
[SupportedOSPlatform("linux")]
public static class Leftovers
{
    /// <summary>One result for each file of the folder; empty when there is no folder.</summary>
    /// <exception cref="LeaseException">The folder is not the user's alone.</exception>
    public static async Task<IReadOnlyList<Leftover>> HealAsync(string place, Healer healer, CancellationToken cancellation)
    {
        var results = new List<Leftover>();
        if (LeaseFolder.Find(place) is not { } folder)
        {
            return results;
        }

        foreach (var file in folder.Files())
        {
            using (file)
            {
                results.Add(await OneAsync(folder, file, healer, cancellation).ConfigureAwait(false));
            }
        }

        return results;
    }

    private static async Task<Leftover> OneAsync(LeaseFolder folder, LeaseFile file, Healer healer, CancellationToken cancellation)
    {
        if (file.Lease is not { } lease)
        {
            return new Leftover(file.Place, null, LeftoverState.Refused, file.Refusal!);
        }

        if (!file.TryTakeOver())
        {
            return new Leftover(file.Place, lease, LeftoverState.Held, $"the run of {lease.Owner} lives, or heals it itself");
        }

        try
        {
            var report = await healer.HealAsync(lease.Heal, cancellation).ConfigureAwait(false);
            folder.Remove(lease.Id);
            return new Leftover(file.Place, lease, report.WasNeeded ? LeftoverState.Healed : LeftoverState.NotNeeded, report.Found);
        }
        catch (LeaseException trouble)
        {
            return new Leftover(file.Place, lease, LeftoverState.Failed, trouble.Message);
        }
    }
}

/// <param name="Place">The file.</param>
/// <param name="Lease">Null when the file is none.</param>
/// <param name="Detail">How things stand, or what went wrong with the remedy.</param>
public sealed record Leftover(string Place, Lease? Lease, LeftoverState State, string Detail);

public enum LeftoverState
{
    /// <summary>The fault was still there and is gone now, checked.</summary>
    Healed,

    /// <summary>Nothing was left of the fault.</summary>
    NotNeeded,

    /// <summary>Its owner lives; not touched.</summary>
    Held,

    /// <summary>No lease that can be trusted; not acted upon.</summary>
    Refused,

    /// <summary>The fault is still there; the lease stays.</summary>
    Failed,
}
