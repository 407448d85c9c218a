using System.Collections.Concurrent;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>
/// Brings replicas back that nobody took down:
/// <code>
/// lost > wait (doubling, jittered) > start > warm-up > readmitted
///          ^                            |
///          +------- failed -------------+     budget of the window spent: gave up, until it is restarted by order
/// </code>
/// Requests may wait for a replica that is on its way. What was killed by order is left alone.
/// </summary>
internal sealed class Supervisor(RestartPolicy policy, ReplicaStarter starter, Router router, Action<ServerEvent> announce, TimeProvider time)
    : IAsyncDisposable
{
    private readonly long _origin = time.GetTimestamp();
    private readonly ConcurrentDictionary<int, Task> _restarts = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>A life is over. Harmless when somebody has the replica in hand already, and when the news is older than its next life.</summary>
    public void Lost(ReplicaPost post, Seat life)
    {
        if (BringsBack(post) && post.TryWatch(life))
        {
            _restarts[post.Index] = BringBackAsync(post);
        }
    }

    /// <summary>False for a replica that is to stay down.</summary>
    public bool BringsBack(ReplicaPost post) =>
        policy.Budget > 0 && !post.GivenUp && !post.Held && !post.InHand && !_stopping.IsCancellationRequested;

    /// <summary>Breaks off what it is about, and returns when that has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_restarts.Values).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private TimeSpan? Next(ReplicaPost post)
    {
        var delay = post.History.Next(time.GetElapsedTime(_origin));
        if (delay is { } wait)
        {
            router.Expect(post.Index);
            Tell(ServerEventKind.ReplicaRestarting, post, FormattableString.Invariant(
                $"restart {post.History.Recent} of {policy.Budget} within {policy.Window.TotalSeconds:0} s, in {wait.TotalMilliseconds:0} ms"));
        }
        else
        {
            GiveUp(post, FormattableString.Invariant($"{policy.Budget} restarts within {policy.Window.TotalSeconds:0} s"));
        }

        return delay;
    }

    private async Task BringBackAsync(ReplicaPost post)
    {
        try
        {
            while (Next(post) is { } wait)
            {
                await Task.Delay(wait, time, _stopping.Token).ConfigureAwait(false);
                if (await TryAsync(post).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            post.Unwatch();
        }
    }

    /// <summary>True when there is nothing more to do: it serves, somebody else brought it back, or it is to stay down.</summary>
    private async Task<bool> TryAsync(ReplicaPost post)
    {
        await post.Turn.WaitAsync(_stopping.Token).ConfigureAwait(false);
        try
        {
            if (post.Seat is { Replica.State: ReplicaState.Ready })
            {
                return true;
            }

            if (await starter.ReplaceAsync(post, _stopping.Token).ConfigureAwait(false))
            {
                post.CountRestart();
            }
            else
            {
                router.GiveUp(post.Index);
            }

            return true;
        }
        catch (ReplicaStuckException stuck)
        {
            GiveUp(post, stuck.Message);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            // Whatever a model throws while it is started: the next try is all there is to do about it.
            Tell(ServerEventKind.ReplicaLost, post, "the restart failed: " + SessionFactory.FirstLine(e.Message));
            return false;
        }
        finally
        {
            post.Turn.Release();
        }
    }

    private void GiveUp(ReplicaPost post, string why)
    {
        post.GivenUp = true;
        router.GiveUp(post.Index);
        Tell(ServerEventKind.ReplicaGivenUp, post, why);
    }

    private void Tell(string kind, ReplicaPost post, string detail) => announce(new ServerEvent(kind, post.Index, Detail: detail));
}
