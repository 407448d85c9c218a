using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>
/// What each replica serves: the server's own model or, by order, that of another folder, as after a rollout that went wrong on one of them.
/// </summary>
public sealed class ReplicaModels : IAsyncDisposable
{
    /// <summary>Answered without sampling: the same text from the same weights, tokenizer and runtime.</summary>
    private static readonly string[] Canaries = ["Warm up.", "My invoice is wrong and I was charged twice, please help me today."];

    private const int CanaryTokens = 24;

    /// <summary>What runs on a replica that gets its own model back may end within this: healing is no second fault.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly ServedModel _own;
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ServedModel?[] _others;
    private readonly Func<GenerationRequest, float?>?[] _logits;
    private readonly SemaphoreSlim _turn = new(1);

    internal ReplicaModels(ServedModel own, ServerOptions options, TimeProvider time)
    {
        _own = own;
        _options = options;
        _time = time;
        _others = new ServedModel?[options.Replicas];
        _logits = new Func<GenerationRequest, float?>?[options.Replicas];
    }

    /// <summary>Set once by the server, which makes this first.</summary>
    internal ReplicaSet? Replicas { get; set; }

    /// <summary>
    /// The replica ends as by a kill, and its next life serves the model of <paramref name="folder"/>; null: the server's own again, and what
    /// runs on it has five seconds to end first. A replica that serves the server's own already is left alone.
    /// </summary>
    /// <returns>Null when it serves; else why it does not. It then stays down.</returns>
    public async Task<string?> LoadAsync(int replica, string? folder, CancellationToken cancellation)
    {
        var replicas = Replicas!;
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (folder is null && _others[replica] is null && replicas.Find(replica)?.State == ReplicaState.Ready)
            {
                return null;
            }

            if (folder is null)
            {
                await replicas.DrainAsync(replica, LastWords, cancellation).ConfigureAwait(false);
            }

            await replicas.KillAsync(replica, cancellation).ConfigureAwait(false);
            var old = Interlocked.Exchange(ref _others[replica], null);
            if (folder is not null)
            {
                _others[replica] = await Task.Run(() => ServedModel.Load(_options with { Model = folder }, _time, foreign: true), cancellation)
                    .ConfigureAwait(false);
            }

            await replicas.RestartAsync(replica, cancellation).ConfigureAwait(false);
            if (old?.Encoder is { } encoder)
            {
                await encoder.DisposeAsync().ConfigureAwait(false);
            }

            return replicas.Find(replica)?.State == ReplicaState.Ready ? null : "it was lost again while it started";
        }
        catch (ModelLoadException flaw)
        {
            return flaw.Message;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The replica's answers to fixed questions; null while it gives none.</summary>
    public async Task<string?> CanaryAsync(int replica, CancellationToken cancellation)
    {
        var answers = new List<string>();
        foreach (var canary in Canaries)
        {
            if (Replicas!.Find(replica) is not { State: ReplicaState.Ready } life)
            {
                return null;
            }

            var request = new GenerationRequest { RequestId = "canary", FaultKey = "", Messages = [], Prompt = canary, MaxTokens = CanaryTokens, Temperature = 0 };
            var result = await life.GenerateAsync(request, (life.Encode ?? _own.Encode)(request), new WatchedSink(null), cancellation).ConfigureAwait(false);
            if (result.Status != GenerationStatus.Completed)
            {
                return null;
            }

            answers.Add(result.Text);
        }

        return string.Join('\n', answers);
    }

    /// <summary>
    /// Asked once for each request on the replica: what all its logits become, or null to leave them. Null ends it. Replicas in processes of
    /// their own are out of its reach.
    /// </summary>
    public void DamageLogits(int replica, Func<GenerationRequest, float?>? damage) => Volatile.Write(ref _logits[replica], damage);

    /// <summary>After the replicas.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var encoder in _others.Select(other => other?.Encoder).OfType<Embeddings.TextEncoder>())
        {
            await encoder.DisposeAsync().ConfigureAwait(false);
        }

        _turn.Dispose();
    }

    internal IReplica Create(int replica)
    {
        var life = (Volatile.Read(ref _others[replica]) ?? _own).CreateReplica(replica);
        if (life is Replica here)
        {
            here.LogitsDamage = request => Volatile.Read(ref _logits[replica])?.Invoke(request);
        }

        return life;
    }
}
