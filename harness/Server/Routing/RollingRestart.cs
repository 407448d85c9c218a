namespace ChaosBench.Server.Routing;

/// <summary>
/// New lives for all replicas, one after the other, while the others serve:
/// <code>
/// all the others in rotation? > drain > end > start > warm-up > readmitted > next
/// </code>
/// </summary>
internal sealed class RollingRestart(
    IReadOnlyList<ReplicaPost> posts, Router router, Func<ReplicaPost, CancellationToken, Task<bool>> replace,
    Action<ServerEvent> announce, WatchOptions options, TimeProvider time)
{
    /// <summary>
    /// Returns when every replica has a new life. Never fewer than all but one serve, of those that served before. A replica that is
    /// drained takes no new requests; those on it have until the drain limit, then the ones that have not streamed move to another
    /// replica and the rest fails. The requests of a server with a single replica wait in the queue.
    /// </summary>
    /// <exception cref="InvalidOperationException">A replica is down or frozen by order, or was lost too often: the rest is left as it is.</exception>
    /// <exception cref="Models.ModelLoadException">A new life does not work; the rest is left as it is.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (posts.FirstOrDefault(post => post.Held || post.Frozen) is { } kept)
        {
            throw new InvalidOperationException($"replica {kept.Index} was killed or frozen by order; restart or resume it first");
        }

        // Those that do not serve come first: their restart takes nothing away, and the others need them.
        foreach (var post in posts.OrderBy(post => router.InRotation(post.Index)).ToList())
        {
            if (router.InRotation(post.Index))
            {
                await OthersServeAsync(post, cancellation).ConfigureAwait(false);
            }

            using (await post.TakeInHandAsync(cancellation).ConfigureAwait(false))
            {
                await RestartAsync(post, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task OthersServeAsync(ReplicaPost next, CancellationToken cancellation)
    {
        while (posts.FirstOrDefault(post => post != next && !router.InRotation(post.Index)) is { } missing)
        {
            if (missing.Held || missing.GivenUp)
            {
                throw new InvalidOperationException(
                    $"replica {missing.Index} is down, so replica {next.Index} keeps serving as it is; restart replica {missing.Index} first");
            }

            await Task.Delay(options.ProbeInterval, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task RestartAsync(ReplicaPost post, CancellationToken cancellation)
    {
        post.History.Forget();
        if (post.Seat is { } seat && router.TryDrain(seat) is { } drained)
        {
            announce(new ServerEvent(ServerEventKind.ReplicaDraining, post.Index));
            await DrainAsync(seat, drained, cancellation).ConfigureAwait(false);
        }

        if (!await replace(post, cancellation).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"replica {post.Index} was killed by order while it was restarted");
        }
    }

    private async Task DrainAsync(Seat seat, Task drained, CancellationToken cancellation)
    {
        try
        {
            await drained.WaitAsync(options.DrainLimit, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What has streamed nothing fails over by itself, as after any loss.
            seat.Replica.Kill();
        }
        catch (OperationCanceledException)
        {
            router.GiveUp(seat.Index);
            router.Readmit(seat);
            throw;
        }
    }
}
