using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Guardrails;
using ChaosBench.Server.Models;
using ChaosBench.Server.Routing;
using ChaosBench.Server.Scheduling;
using ChaosBench.Server.Workers;

namespace ChaosBench.Server;

/// <summary>A replica as the router and the replica itself see it.</summary>
/// <param name="InRotation">The router sends to it. Behind <paramref name="State"/> until somebody notices a loss.</param>
/// <param name="Outstanding">Requests that sit on it.</param>
public sealed record ReplicaStatus(int Index, ReplicaState State, bool InRotation, int Outstanding)
{
    /// <summary>Times that the server brought it back after a loss that nobody had ordered.</summary>
    public int Restarts { get; init; }

    /// <summary>It was lost too often and stays down until somebody restarts it.</summary>
    public bool GivenUp { get; init; }
}

/// <summary>
/// The model service inside this process. What a request or the model does wrong is a <see cref="GenerationResult"/>.
/// <code>
/// request > guardrails > admission > context store > tokenizer > router > replica > sink
/// </code>
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    /// <summary>A request that takes a replica down with it must not take them all.</summary>
    private const int MostAttempts = 3;

    private readonly ServedModel _model;
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Router _router;
    private readonly ReplicaSet _replicas;
    private readonly ContextStore? _contextStore;
    private readonly GuardrailCounts _guardrailCounts = new();
    private readonly InputGuard _inputGuard;
    private readonly RoutedEncoder? _embeddings;
    private readonly RetryAdvice _retryAdvice = new();
    private readonly CancellationTokenSource _stopping = new();

    private ModelServer(ServedModel model, ServerOptions options, TimeProvider time)
    {
        _model = model;
        _options = options;
        _time = time;
        _router = new Router(options.Replicas, options.MaxBatch, options.QueueLimit);
        Models = new ReplicaModels(model, options, time);
        var starter = new ReplicaStarter(Models.Create, WarmUpAsync, _router, Announce, time);
        var watch = new WatchOptions(options.ProbeInterval, options.Restarts, options.DrainLimit);
        _replicas = new ReplicaSet(options.Replicas, starter, _router, Announce, watch, time);
        Models.Replicas = _replicas;
        _embeddings = model.Encoder is { } encoder ? new RoutedEncoder(encoder, _router, _replicas, Announce, RetryAfter) : null;
        _inputGuard = new InputGuard(options.Guardrails, _guardrailCounts);
        _contextStore = options.ContextStore is { } store
            ? new ContextStore(store, options.Guardrails.RecordSchema, _guardrailCounts, time, Announce)
            : null;
    }

    /// <summary>Told of everything the server notices. Handlers return at once and never throw.</summary>
    public event Action<ServerEvent>? OnEvent;

    /// <summary>What each replica serves.</summary>
    public ReplicaModels Models { get; }

    public ModelIdentity Identity => _model.Identity;

    /// <summary>Positions of one request, prompt and answer together.</summary>
    public int MaxContext => _model.MaxContext;

    /// <summary>For what requests leave open; callers in this process apply them themselves.</summary>
    public GenerationDefaults Defaults => _model.Defaults;

    /// <summary>Gives the embeddings; null for a model without them. Lives as long as the server.</summary>
    public TextEncoder? Encoder => _model.Encoder;

    /// <summary>What became of the lookups in the context store; null when the server has none.</summary>
    public DependencyFacts? ContextStoreFacts => _contextStore?.Facts;

    /// <summary>How often which guardrail did what.</summary>
    public IReadOnlyList<GuardrailHits> GuardrailHits => _guardrailCounts.All;

    /// <summary>Records of the context store that are withheld at this moment.</summary>
    public int QuarantinedRecords => _contextStore?.Quarantined ?? 0;

    /// <summary>Admitted requests that are on no replica yet.</summary>
    public int Waiting => _router.Waiting;

    public IReadOnlyList<ReplicaStatus> Replicas => [.. Enumerable.Range(0, _replicas.Count).Select(_replicas.StatusOf)];

    /// <summary>Loads the model and returns when every replica is ready and warmed up.</summary>
    /// <exception cref="ModelLoadException">The folder cannot be served.</exception>
    /// <exception cref="DependencyUnavailableException">A dependency cannot be used.</exception>
    public static async Task<ModelServer> StartAsync(ServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        options.Validate();
        // Loading computes for a while; the caller's thread may have a terminal to draw.
        var model = await Task.Run(() => ServedModel.Load(options, time), cancellation).ConfigureAwait(false);
        return await StartAsync(model, options, time, cancellation).ConfigureAwait(false);
    }

    internal static async Task<ModelServer> StartAsync(
        ServedModel model, ServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        options.Validate();
        var server = new ModelServer(model, options, time);
        try
        {
            if (server._contextStore is { } store)
            {
                await store.StartAsync(cancellation).ConfigureAwait(false);
            }

            await server._replicas.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return server;
    }

    /// <summary>
    /// Serves one request. Always completes with a result, soon after <paramref name="cancellation"/> fires too. The sink hears of
    /// tokens as they come; a request that is not streamed (<see cref="GenerationRequest.Stream"/>) hears of them once, at the end.
    /// </summary>
    public async Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IGenerationSink sink, CancellationToken cancellation)
    {
        if (RequestLimits.Check(request) is { } wrong)
        {
            return Results.BadRequest("invalid_value", $"{wrong.Parameter} {wrong.Problem}.");
        }

        if (_stopping.IsCancellationRequested)
        {
            return Results.Unavailable("The server is stopping.");
        }

        var (guarded, refusal, sanitised) = _inputGuard.Inspect(request);
        if (refusal is not null)
        {
            return Refuse(request, refusal);
        }

        if (sanitised is not null)
        {
            Announce(new ServerEvent(ServerEventKind.GuardrailSanitised, RequestId: request.RequestId, Detail: sanitised));
        }

        using var ticket = _router.TryAdmit();
        if (ticket is null)
        {
            return TurnAway(request);
        }

        var limit = request.Timeout is { } asked && asked < _options.RequestTimeout ? asked : _options.RequestTimeout;
        using var deadline = new CancellationTokenSource(limit, _time);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token, deadline.Token);
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

    /// <summary>
    /// Embeddings on the way of every other request: admission, router, replica, failover. Always completes with a result, soon after
    /// <paramref name="cancellation"/> fires too.
    /// </summary>
    public async Task<EncoderResult> EncodeAsync(string requestId, IReadOnlyList<EncoderInput> inputs, CancellationToken cancellation)
    {
        if (_embeddings is null)
        {
            return EncoderResult.Failed("not_implemented", "This model gives no embeddings.");
        }

        using var deadline = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token, deadline.Token);
        try
        {
            return await _embeddings.EncodeAsync(requestId, inputs, life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            return cancellation.IsCancellationRequested ? EncoderResult.Cancelled
                : deadline.IsCancellationRequested ? EncoderResult.Failed("deadline_exceeded", "The request's time was over.") with
                {
                    Status = GenerationStatus.DeadlineExceeded,
                }
                : EncoderResult.Failed("unavailable", "The server is stopping.");
        }
    }

    /// <summary>
    /// Kills a replica as a crash would: what it was serving fails over or fails, and nobody is told beforehand. Unlike after a
    /// crash it stays down until it is restarted by <see cref="RestartReplicaAsync"/>.
    /// </summary>
    public Task KillReplicaAsync(int replica, CancellationToken cancellation) =>
        _replicas.KillAsync(Known(replica), cancellation);

    /// <summary>Returns when the replica serves again, warmed up, or was killed again meanwhile. Restarting a replica that serves does nothing.</summary>
    public Task RestartReplicaAsync(int replica, CancellationToken cancellation) =>
        _replicas.RestartAsync(Known(replica), cancellation);

    /// <inheritdoc cref="RollingRestart.RunAsync"/>
    public Task RestartRollingAsync(CancellationToken cancellation) => _replicas.RestartRollingAsync(cancellation);

    /// <summary>Holds a replica's worker process still (SIGSTOP): it keeps its connections and answers nothing.</summary>
    /// <exception cref="NotSupportedException">The replicas are not isolated by process, or the system cannot do it.</exception>
    public void FreezeReplica(int replica)
    {
        Freezable(replica).Freeze();
        _replicas.SetFrozen(replica, true);
    }

    /// <summary>Lets it go on (SIGCONT). Harmless when it is not frozen, or gone.</summary>
    public void ResumeReplica(int replica)
    {
        Freezable(replica).Resume();
        _replicas.SetFrozen(replica, false);
    }

    /// <summary>What this server and a replica's worker process say to each other stays on the way, or arrives.</summary>
    /// <exception cref="NotSupportedException">The replicas are not isolated by process.</exception>
    public void PartitionReplica(int replica, bool cut)
    {
        Freezable(replica).Partition(cut);
        _replicas.SetFrozen(replica, cut);
    }

    /// <summary>The replica's worker process is held still, whoever did it.</summary>
    public bool IsReplicaFrozen(int replica) => Freezable(replica).IsFrozen;

    /// <summary>Id of the replica's worker process; null where it has none.</summary>
    public int? WorkerOf(int replica) => (_replicas.Find(Known(replica)) as WorkerReplica)?.ProcessId;

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        // Not disposed: a request may still be about to link to it.
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _replicas.DisposeAsync().ConfigureAwait(false);
        await Models.DisposeAsync().ConfigureAwait(false);
        if (_contextStore is not null)
        {
            await _contextStore.DisposeAsync().ConfigureAwait(false);
        }

        if (Encoder is not null)
        {
            await Encoder.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<GenerationResult> ServeAsync(
        GenerationRequest request, IGenerationSink sink, Ticket ticket, CancellationToken cancellation)
    {
        var degraded = false;
        if (_contextStore is not null)
        {
            var context = await _contextStore.FindAsync(
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
            prompt = _model.Encode(request);
        }
        catch (RequestRefusedException refusal)
        {
            return Results.BadRequest("invalid_value", refusal.Message);
        }

        if (prompt.Length >= MaxContext)
        {
            return Results.ContextExceeded(prompt.Length, MaxContext);
        }

        if (_inputGuard.InspectTokens(prompt.Length) is { } finding)
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

            var from = _time.GetTimestamp();
            var watched = job.Routed(seat.Index);
            var result = await Trial.RunAsync(seat, job, watched, _time, cancellation).ConfigureAwait(false);
            if (result.Status != GenerationStatus.ReplicaLost)
            {
                _retryAdvice.Observe(_time.GetElapsedTime(from));
                return job.Ended(result, seat.Index);
            }

            _replicas.ReportLost(seat, request.RequestId);
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

    private int RetryAfter() => _retryAdvice.Seconds(_router.Waiting, _options.MaxBatch * _options.Replicas);

    private async Task WarmUpAsync(IReplica replica, CancellationToken cancellation)
    {
        var request = new GenerationRequest { RequestId = "warm-up", FaultKey = "", Messages = [], Prompt = "Warm up.", MaxTokens = 8 };
        var result = await replica.GenerateAsync(request, (replica.Encode ?? _model.Encode)(request), new WatchedSink(null), cancellation)
            .ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (result.Status != GenerationStatus.Completed)
        {
            throw new ModelLoadException(
                result.ErrorCode == "non_finite_logits" ? Path.Combine(_options.Model, "model.onnx") : _options.Model,
                $"replica {replica.Index} does not answer its warm-up ({result.Status}): {result.Error}"
                + (result.ErrorCode == "non_finite_logits" ? "; copy the file again or export it anew" : ""));
        }
    }

    private IFreezable Freezable(int replica) => _replicas.Find(Known(replica)) as IFreezable
        ?? throw new NotSupportedException("Only a replica in a process of its own can be frozen; use isolation: process.");

    private int Known(int replica) => replica >= 0 && replica < _replicas.Count
        ? replica
        : throw new ArgumentOutOfRangeException(
            nameof(replica), replica, $"There is no replica {replica}; this server has replicas 0 to {_replicas.Count - 1}.");

    private void Announce(ServerEvent happened) => OnEvent?.Invoke(happened);

    private static string KeyOf(GenerationRequest request) => request.User is { Length: > 0 } user
        ? ContextStore.KeyOfUser(user)
        : ContextStore.KeyOf(request.Prompt ?? request.Messages[^1].Content);
}
