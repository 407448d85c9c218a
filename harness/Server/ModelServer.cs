using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;
using ChaosBench.Server.Routing;
using ChaosBench.Server.Scheduling;
using ChaosBench.Server.Workers;

namespace ChaosBench.Server;

/// <summary>A replica as the router and the replica itself see it.</summary>
/// <param name="InRotation">The router sends to it. Behind <paramref name="State"/> until somebody notices a loss.</param>
/// <param name="Outstanding">Requests that sit on it.</param>
public sealed record ReplicaStatus(int Index, ReplicaState State, bool InRotation, int Outstanding);

/// <summary>
/// The model service inside this process. What a request or the model does wrong is a <see cref="GenerationResult"/>.
/// <code>
/// request > admission > context store > tokenizer > router > replica > sink
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
    private readonly RetryAdvice _retryAdvice = new();
    private readonly CancellationTokenSource _stopping = new();

    private ModelServer(ServedModel model, ServerOptions options, TimeProvider time)
    {
        _model = model;
        _options = options;
        _time = time;
        _router = new Router(options.Replicas, options.MaxBatch, options.QueueLimit);
        _replicas = new ReplicaSet(options.Replicas, model.CreateReplica, WarmUpAsync, _router, Announce);
        _contextStore = options.ContextStore is { } store ? new ContextStore(store, time, Announce) : null;
    }

    /// <summary>Told of everything the server notices. Handlers return at once and never throw.</summary>
    public event Action<ServerEvent>? OnEvent;

    public ModelIdentity Identity => _model.Identity;

    /// <summary>Positions of one request, prompt and answer together.</summary>
    public int MaxContext => _model.MaxContext;

    /// <summary>Gives the embeddings; null for a model without them. Lives as long as the server.</summary>
    public TextEncoder? Encoder => _model.Encoder;

    /// <summary>Admitted requests that are on no replica yet.</summary>
    public int Waiting => _router.Waiting;

    public IReadOnlyList<ReplicaStatus> Replicas => [.. Enumerable.Range(0, _replicas.Count).Select(StatusOf)];

    /// <summary>Loads the model and returns when every replica is ready and warmed up.</summary>
    /// <exception cref="ModelLoadException">The folder cannot be served.</exception>
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
            await server._replicas.StartAsync(time, options.ProbeInterval, cancellation).ConfigureAwait(false);
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

        using var ticket = _router.TryAdmit();
        if (ticket is null)
        {
            return TurnAway(request);
        }

        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        try
        {
            return await ServeAsync(request, sink, ticket, life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            return cancellation.IsCancellationRequested ? Results.Cancelled : Results.Unavailable("The server is stopping.");
        }
    }

    /// <summary>Kills a replica as a crash would: what it was serving fails over or fails, and nobody is told beforehand.</summary>
    public Task KillReplicaAsync(int replica, CancellationToken cancellation) =>
        _replicas.KillAsync(Known(replica), cancellation);

    /// <summary>Returns when the replica serves again, warmed up. Restarting a replica that serves does nothing.</summary>
    public Task RestartReplicaAsync(int replica, CancellationToken cancellation) =>
        _replicas.RestartAsync(Known(replica), cancellation);

    /// <summary>Holds a replica's worker process still (SIGSTOP): it keeps its connections and answers nothing.</summary>
    /// <exception cref="NotSupportedException">The replicas are not isolated by process, or the system cannot do it.</exception>
    public void FreezeReplica(int replica) => Freezable(replica).Freeze();

    /// <summary>Lets it go on (SIGCONT). Harmless when it is not frozen, or gone.</summary>
    public void ResumeReplica(int replica) => Freezable(replica).Resume();

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
                request.RequestId, AskerOf(request), cancellation, request.FaultKey).ConfigureAwait(false);
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
            var result = await seat.Replica.GenerateAsync(request, job.Prompt, watched, cancellation).ConfigureAwait(false);
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

    private GenerationResult TurnAway(GenerationRequest request)
    {
        Announce(new ServerEvent(ServerEventKind.QueueFull, RequestId: request.RequestId));
        var seconds = _retryAdvice.Seconds(_router.Waiting, _options.MaxBatch * _options.Replicas);
        return Results.Overloaded(seconds);
    }

    private async Task WarmUpAsync(IReplica replica, CancellationToken cancellation)
    {
        var request = new GenerationRequest { RequestId = "warm-up", Messages = [], Prompt = "Warm up.", MaxTokens = 8 };
        var result = await replica.GenerateAsync(request, _model.Encode(request), new WatchedSink(null), cancellation)
            .ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (result.Status != GenerationStatus.Completed)
        {
            throw new ModelLoadException(
                _options.Model, $"replica {replica.Index} does not answer its warm-up ({result.Status}): {result.Error}");
        }
    }

    private ReplicaStatus StatusOf(int index) =>
        new(index, _replicas.StateOf(index), _router.InRotation(index), _router.OutstandingOf(index));

    private IFreezable Freezable(int replica) => _replicas.Find(Known(replica)) as IFreezable
        ?? throw new NotSupportedException("Only a replica in a process of its own can be frozen; use isolation: process.");

    private int Known(int replica) => replica >= 0 && replica < _replicas.Count
        ? replica
        : throw new ArgumentOutOfRangeException(
            nameof(replica), replica, $"There is no replica {replica}; this server has replicas 0 to {_replicas.Count - 1}.");

    private void Announce(ServerEvent happened) => OnEvent?.Invoke(happened);

    private static string AskerOf(GenerationRequest request) =>
        request.Prompt ?? request.Messages[^1].Content;
}
