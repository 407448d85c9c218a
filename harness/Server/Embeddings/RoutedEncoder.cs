using ChaosBench.Server.Routing;

namespace ChaosBench.Server.Embeddings;

/// <summary>
/// The embeddings of a served decoder, on the way that its other requests go:
/// <code>
/// inputs > admission > tokenizer > router > replica, one batch after the other > (lost: another replica, from the first batch)
/// </code>
/// Nothing of an embedding leaves before all of it is there, so that every request can start anew.
/// </summary>
/// <param name="retryAfter">Seconds for a caller who is turned away.</param>
internal sealed class RoutedEncoder(
    TextEncoder encoder, Router router, ReplicaSet replicas, Action<ServerEvent> announce, Func<int> retryAfter)
{
    /// <summary>A request that takes a replica down with it must not take them all.</summary>
    private const int MostAttempts = 3;

    /// <exception cref="OperationCanceledException">The caller gave up, or the server stops.</exception>
    public async Task<EncoderResult> EncodeAsync(string requestId, IReadOnlyList<EncoderInput> inputs, CancellationToken cancellation)
    {
        using var ticket = router.TryAdmit();
        if (ticket is null)
        {
            announce(new ServerEvent(ServerEventKind.QueueFull, RequestId: requestId));
            var refused = Results.Overloaded(retryAfter());
            return new EncoderResult
            {
                Status = refused.Status, ErrorCode = refused.ErrorCode, Error = refused.Error, RetryAfterSeconds = refused.RetryAfterSeconds,
            };
        }

        var (rows, problem) = await Task.Run(() => encoder.Tokens(inputs), cancellation).ConfigureAwait(false);
        return problem ?? await RouteAsync(requestId, rows, ticket, cancellation).ConfigureAwait(false);
    }

    private async Task<EncoderResult> RouteAsync(string requestId, List<int[]> rows, Ticket ticket, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await ticket.SeatAsync(again: attempt > 1, cancellation).ConfigureAwait(false) is not { } seat)
            {
                return EncoderResult.Failed("unavailable", "No replica is ready.");
            }

            var result = await EncoderBatches.RunAsync(rows, seat.Replica.EncodeAsync, cancellation).ConfigureAwait(false);
            if (result.Status != GenerationStatus.ReplicaLost)
            {
                return result with { Replica = seat.Index };
            }

            replicas.ReportLost(seat, requestId);
            if (attempt == MostAttempts)
            {
                return result with { Error = "replica lost; so were those it failed over to" };
            }

            ticket.Unseat();
            announce(new ServerEvent(ServerEventKind.FailedOver, seat.Index, requestId));
        }
    }
}
