using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Guardrails;
using ChaosBench.Server.Models;
using ChaosBench.Server.Routing;
using ChaosBench.Server.Workers;

namespace ChaosBench.Server;

/// <summary>
/// The model service inside this process. What a request or the model does wrong is a <see cref="GenerationResult"/>.
/// What befalls a request is in <see cref="RequestPath"/>; here are the parts, their start and end, and the hands on the replicas.
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    private readonly ServedModel _model;
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Router _router;
    private readonly ReplicaSet _replicas;
    private readonly ContextStore? _contextStore;
    private readonly GuardrailCounts _guardrailCounts = new();
    private readonly RoutedEncoder? _embeddings;
    private readonly RequestPath _path;
    private readonly CancellationTokenSource _stopping = new();

    private ModelServer(ServedModel model, ServerOptions options, TimeProvider time)
    {
        _model = model;
        _options = options;
        _time = time;
        _router = new Router(options.Replicas, options.MaxBatch, options.QueueLimit);
        Models = new ReplicaModels(model, options, time);
        var starter = new ReplicaStarter(Models.Create, new WarmUp(model, options.Model).RunAsync, _router, Announce, time);
        var watch = new WatchOptions(options.ProbeInterval, options.Restarts, options.DrainLimit);
        _replicas = new ReplicaSet(options.Replicas, starter, _router, Announce, watch, time);
        Models.Replicas = _replicas;
        _contextStore = options.ContextStore is { } store
            ? new ContextStore(store, options.Guardrails.RecordSchema, _guardrailCounts, time, Announce)
            : null;
        _path = new RequestPath(model, options, _router, _replicas, time)
        {
            Announce = Announce,
            Guard = new InputGuard(options.Guardrails, _guardrailCounts),
            ContextStore = _contextStore,
        };
        _embeddings = model.Encoder is { } encoder ? new RoutedEncoder(encoder, _router, _replicas, Announce, _path.RetryAfter) : null;
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
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IGenerationSink sink, CancellationToken cancellation) =>
        _path.GenerateAsync(request, sink, cancellation, _stopping.Token);

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

    private IFreezable Freezable(int replica) => _replicas.Find(Known(replica)) as IFreezable
        ?? throw new NotSupportedException("Only a replica in a process of its own can be frozen; use isolation: process.");

    private int Known(int replica) => replica >= 0 && replica < _replicas.Count
        ? replica
        : throw new ArgumentOutOfRangeException(
            nameof(replica), replica, $"There is no replica {replica}; this server has replicas 0 to {_replicas.Count - 1}.");

    private void Announce(ServerEvent happened) => OnEvent?.Invoke(happened);
}
