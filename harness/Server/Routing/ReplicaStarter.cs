using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>Ends an old life of a replica and starts a new one, warmed up before the router sends to it.</summary>
/// <param name="warmUp">Run on every new replica before it serves; throws when the replica does not work.</param>
internal sealed class ReplicaStarter(
    Func<int, IReplica> create, Func<IReplica, CancellationToken, Task> warmUp, Router router, Action<ServerEvent> announce, TimeProvider time)
{
    /// <summary>A thread that is stuck in native code may never end. Two lives never share the machine, so there is no new one then.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromMinutes(2);

    /// <summary>Returns when the new life serves; false when the replica was killed by order meanwhile. Call it under the post's turn.</summary>
    /// <exception cref="ReplicaStuckException">The old life does not end.</exception>
    public async Task<bool> ReplaceAsync(ReplicaPost post, CancellationToken cancellation)
    {
        router.Expect(post.Index);
        if (post.Seat is { } old)
        {
            await EndAsync(old.Replica).ConfigureAwait(false);
        }

        var replica = create(post.Index);
        try
        {
            if (!post.TryBegin(replica))
            {
                await replica.DisposeAsync().ConfigureAwait(false);
                return false;
            }

            await replica.StartAsync(cancellation).ConfigureAwait(false);
            await warmUp(replica, cancellation).WaitAsync(WarmUpLimit, time, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            post.Arrived(null);
            await EndAsync(replica).ConfigureAwait(false);
            if (post.Held && e is not OperationCanceledException)
            {
                return false;
            }

            throw;
        }

        post.Frozen = post.GivenUp = false;
        announce(new ServerEvent(ServerEventKind.ReplicaReady, post.Index));
        post.Arrived(router.Readmit(replica));
        announce(new ServerEvent(ServerEventKind.Readmitted, post.Index));
        return true;
    }

    /// <exception cref="ReplicaStuckException">It does not end.</exception>
    public async Task EndAsync(IReplica replica)
    {
        try
        {
            await replica.DisposeAsync().AsTask().WaitAsync(EndLimit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new ReplicaStuckException(replica.Index, EndLimit);
        }
    }
}

/// <summary>A replica was told to end and its thread or process did not; only a restart of the whole server frees what it holds.</summary>
internal sealed class ReplicaStuckException(int replica, TimeSpan limit)
    : Exception(FormattableString.Invariant($"replica {replica} did not end within {limit.TotalSeconds:0} s; restart the server to free it"));
