using ChaosBench.Chaos.Client;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets.Clients;

/// <summary>
/// A target behind the client policy of the scenario. What the engine measures is the logical request:
/// <code>
/// engine -> retry -> hedge -> time-out -> client faults -> the target
/// </code>
/// An attempt that has given a token is never repeated: its text may have been used.
/// </summary>
/// <param name="inner">Owned.</param>
public sealed class PolicyTarget(ITarget inner, ClientPolicy policy, ClientChaos chaos, TimeProvider time) : ITarget
{
    /// <summary>A Retry-After beyond this is no wait that a caller would stand.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public ITarget Inner => inner;

    /// <summary>Told of every attempt when it has ended, with the instants of the run's clock. Null: nobody asks.</summary>
    public AttemptLog? Attempts { get; init; }

    public string Name => inner.Name;

    public Task<TargetIdentity> StartAsync(CancellationToken cancellation) => inner.StartAsync(cancellation);

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        var call = new LogicalCall(sink);
        for (var retry = 0; ; retry++)
        {
            var response = await HedgedAsync(arrival, call, cancellation).ConfigureAwait(false);
            if (call.Owner != 0 || retry == policy.Retries || !IsWorthARetry(response) || cancellation.IsCancellationRequested)
            {
                return response;
            }

            try
            {
                await Task.Delay(WaitBefore(retry, response), time, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return new Response { Outcome = Outcome.Cancelled };
            }
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private TimeSpan WaitBefore(int retry, Response response)
    {
        var wait = policy.Backoff * (1 << retry);
        var asked = TimeSpan.FromSeconds(Math.Min(response.RetryAfterSeconds ?? 0, LongestWait.TotalSeconds));
        return wait > LongestWait ? LongestWait : asked > wait ? asked : wait;
    }

    private static bool IsWorthARetry(Response response) => response.Outcome is
        Outcome.Overloaded or Outcome.Failed or Outcome.TimedOut or Outcome.ConnectError or Outcome.Reset or Outcome.Truncated or Outcome.Malformed or Outcome.Empty;

    private async Task<Response> HedgedAsync(Arrival arrival, LogicalCall call, CancellationToken cancellation)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = AttemptAsync(arrival, call, losers.Token);
        if (policy.HedgeAfter is not { } patience || !await IsSilentAsync(first.Response, call, patience).ConfigureAwait(false))
        {
            return await first.Response.ConfigureAwait(false);
        }

        var second = AttemptAsync(arrival, call, losers.Token);
        await Task.WhenAny(first.Response, second.Response, call.Streaming).ConfigureAwait(false);
        var (winner, other) = call.Owner == second.Number || (call.Owner == 0 && second.Response.IsCompleted) ? (second, first) : (first, second);
        var response = await winner.Response.ConfigureAwait(false);
        if (call.Owner == 0 && IsWorthARetry(response))
        {
            // The one that ended first has failed; the other is all there is.
            return await other.Response.ConfigureAwait(false);
        }

        await losers.CancelAsync().ConfigureAwait(false);
        await other.Response.ConfigureAwait(false);
        return response;
    }

    private async Task<bool> IsSilentAsync(Task<Response> attempt, LogicalCall call, TimeSpan patience)
    {
        try
        {
            await Task.WhenAny(attempt, call.Streaming).WaitAsync(patience, time).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private (int Number, Task<Response> Response) AttemptAsync(Arrival arrival, LogicalCall call, CancellationToken cancellation)
    {
        var number = call.NextAttempt();
        return (number, RunAsync());

        async Task<Response> RunAsync()
        {
            // Without a limit of its own the token never fires.
            using var limit = new CancellationTokenSource(policy.AttemptTimeout ?? Timeout.InfiniteTimeSpan, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            var key = arrival.Cohort.Role == PromptRole.Canary ? "" : arrival.Key;
            var began = Attempts?.Now() ?? 0;
            Response response;
            try
            {
                var sent = Attempts is null ? arrival : arrival with { Attempt = number };
                response = await StruckAsync(chaos.Next(arrival.RequestId, key, number), sent, call, number, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                response = new Response { Outcome = Outcome.Cancelled };
            }

            response = response.Outcome == Outcome.Cancelled && limit.IsCancellationRequested && !cancellation.IsCancellationRequested
                ? response with { Outcome = Outcome.TimedOut, Reason = "the client policy's time for an attempt was over" }
                : response;
            Attempts?.Add(arrival, number, Name, began, response);
            return response;
        }
    }

    private async Task<Response> StruckAsync(ClientStrike? strike, Arrival arrival, LogicalCall call, int number, CancellationToken cancellation)
    {
        switch (strike)
        {
            case ClientStrike.Late late:
                call.Sent();
                await Task.Delay(late.By, time, cancellation).ConfigureAwait(false);
                break;
            case ClientStrike.NotConnected:
                call.Sent();
                return new Response { Outcome = Outcome.ConnectError, Reason = "no connection (a fault in the client)" };
            case ClientStrike.Answered answered:
                call.Sent();
                return new Response
                {
                    Outcome = Outcomes.FromStatus(answered.Status), Status = answered.Status, RetryAfterSeconds = answered.RetryAfterSeconds,
                    Reason = "status of a fault in the client",
                };
            case ClientStrike.ReplyLost:
                await inner.SendAsync(arrival, new DeafSink(call.Sent), cancellation).ConfigureAwait(false);
                return new Response { Outcome = Outcome.Reset, Reason = "the answer was lost (a fault in the client)" };
        }

        return await inner.SendAsync(arrival, call.SinkOf(number), cancellation).ConfigureAwait(false);
    }
}
