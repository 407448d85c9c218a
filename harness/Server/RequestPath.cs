using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Guardrails;
using ChaosBench.Server.Routing;

namespace ChaosBench.Server;

/// <summary>
/// The way of a request through the server, from its arrival to its result:
/// <code>
/// request > guardrails > admission > context store > tokenizer > router > replica > sink
/// </code>
/// </summary>
/// <remarks>Safe for any number of requests at once.</remarks>
internal sealed class RequestPath(ServedModel model, ServerOptions options, Router router, ReplicaSet replicas, TimeProvider time)
{
    /// <summary>A request that takes a replica down with it must not take them all.</summary>
    private const int MostAttempts = 3;

    private readonly RetryAdvice _retryAdvice = new();

    public required Action<ServerEvent> Announce { get; init; }

    public required InputGuard Guard { get; init; }

    /// <summary>Null when the server has none.</summary>
    public required ContextStore? ContextStore { get; init; }

    /// <summary>
    /// Serves one request. Always completes with a result, soon after one of the two fires. The sink hears of
    /// tokens as they come; a request that is not streamed (<see cref="GenerationRequest.Stream"/>) hears of them once, at the end.
    /// </summary>
    public async Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IGenerationSink sink, CancellationToken cancellation, CancellationToken stopping)
    {
        if (RequestLimits.Check(request) is { } wrong)
        {
            return Results.BadRequest("invalid_value", $"{wrong.Parameter} {wrong.Problem}.");
        }

        if (stopping.IsCancellationRequested)
        {
            return Results.Unavailable("The server is stopping.");
        }

        var (guarded, refusal, sanitised) = Guard.Inspect(request);
        if (refusal is not null)
        {
            return Refuse(request, refusal);
        }

        if (sanitised is not null)
        {
            Announce(new ServerEvent(ServerEventKind.GuardrailSanitised, RequestId: request.RequestId, Detail: sanitised));
        }

        using var ticket = router.TryAdmit();
        if (ticket is null)
        {
            return TurnAway(request);
        }

        var limit = request.Timeout is { } asked && asked < options.RequestTimeout ? asked : options.RequestTimeout;
        using var deadline = new CancellationTokenSource(limit, time);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping, deadline.Token);
        try
        {
            var result = await ServeAsync(guarded, sink, ticket, life.Token).ConfigureAwait(false);
            var late = result.Status == GenerationStatus.Cancelled && IsLate();
            return late ? Tell(request, Results.Late(result, limit)) : result;
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            return cancellation.IsCancellationRequested ? Results.Cancelled
                : IsLate() ? Tell(request, Results.LateInQueue(limit))
                : Results.Unavailable("The server is stopping.");
        }

        bool IsLate() => deadline.IsCancellationRequested && !cancellation.IsCancellationRequested;
    }

    /// <summary>Seconds after which somebody who was turned away should come again.</summary>
    public int RetryAfter() => _retryAdvice.Seconds(router.Waiting, options.MaxBatch * options.Replicas);

    private async Task<GenerationResult> ServeAsync(
        GenerationRequest request, IGenerationSink sink, Ticket ticket, CancellationToken cancellation)
    {
        var degraded = false;
        if (ContextStore is not null)
        {
            var context = await ContextStore.FindAsync(
                request.RequestId, KeyOf(request), cancellation, request.FaultKey).ConfigureAwait(false);
            if (context.Status == DependencyStatus.Failed)
            {
                return Results.DependencyUnavailable(context.Reason);
            }

            degraded = context.Status == DependencyStatus.FellBack;
        }

        int[] prompt;
        try
        {
            prompt = model.Encode(request);
        }
        catch (RequestRefusedException refusal)
        {
            return Results.BadRequest("invalid_value", refusal.Message);
        }

        if (prompt.Length >= model.MaxContext)
        {
            return Results.ContextExceeded(prompt.Length, model.MaxContext);
        }

        if (Guard.InspectTokens(prompt.Length) is { } finding)
        {
            return Refuse(request, finding);
        }

        return await RouteAsync(new Job(request, prompt, sink, degraded), ticket, cancellation).ConfigureAwait(false);
    }

    private async Task<GenerationResult> RouteAsync(Job job, Ticket ticket, CancellationToken cancellation)
    {
        var request = job.Request;
        for (var attempt = 1; ; attempt++)
        {
            if (await ticket.SeatAsync(again: attempt > 1, cancellation).ConfigureAwait(false) is not { } seat)
            {
                return job.Ended(Results.Unavailable("No replica is ready."), replica: null);
            }

            var from = time.GetTimestamp();
            var watched = job.Routed(seat.Index);
            var result = await Trial.RunAsync(seat, job, watched, time, cancellation).ConfigureAwait(false);
            if (result.Status != GenerationStatus.ReplicaLost)
            {
                _retryAdvice.Observe(time.GetElapsedTime(from));
                return job.Ended(result, seat.Index);
            }

            replicas.ReportLost(seat, request.RequestId);
            if (watched.Started || attempt == MostAttempts)
            {
                return job.Ended(Results.Lost(result, watched.Started), seat.Index);
            }

            ticket.Unseat();
            Announce(new ServerEvent(ServerEventKind.FailedOver, seat.Index, request.RequestId));
        }
    }

    private GenerationResult Tell(GenerationRequest request, GenerationResult late)
    {
        Announce(new ServerEvent(ServerEventKind.DeadlineExceeded, late.Replica, request.RequestId));
        return late;
    }

    private GenerationResult Refuse(GenerationRequest request, GuardFinding finding)
    {
        Announce(new ServerEvent(ServerEventKind.GuardrailRefused, RequestId: request.RequestId, Detail: finding.Rule));
        return Results.BadRequest(finding.Rule, finding.Message);
    }

    private GenerationResult TurnAway(GenerationRequest request)
    {
        Announce(new ServerEvent(ServerEventKind.QueueFull, RequestId: request.RequestId));
        return Results.Overloaded(RetryAfter());
    }

    private static string KeyOf(GenerationRequest request) => request.User is { Length: > 0 } user
        ? Dependencies.ContextStore.KeyOfUser(user)
        : Dependencies.ContextStore.KeyOf(request.Prompt ?? request.Messages[^1].Content);
}
