using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// A copy of the model on a thread of its own. Each start is a fresh <see cref="ReplicaLife"/>; killing it takes nothing else along.
/// </summary>
internal sealed class Replica : StartedReplica<ReplicaLife>
{
    private readonly ModelFolder _model;
    private readonly ReplicaOptions _options;
    private readonly TimeProvider _time;
    private int _outstanding;

    public Replica(ModelFolder model, int index, ReplicaOptions options, TimeProvider time)
        : base(index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PrefillChunk, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxQueue);
        ArgumentOutOfRangeException.ThrowIfNegative(options.KeptPrefixes);
        _model = model;
        _options = options;
        _time = time;
        Positions = model.PositionsOf(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(Positions, 2, nameof(options));
    }

    public override int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Computes the embeddings, for all replicas of this process; null for a model without them.</summary>
    public TextEncoder? Encoder { get; init; }

    /// <summary>Asked once for each request: what all its logits become, or null to leave them.</summary>
    public Func<GenerationRequest, float?>? LogitsDamage { get; set; }

    private int Positions { get; }

    public override Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> promptTokens, IGenerationSink sink, CancellationToken cancellationToken)
    {
        if (Serving is not { } life)
        {
            return Refuse(GenerationStatus.ReplicaLost, $"replica {Index} is not serving", null, promptTokens);
        }

        if (RequestRules.Check(request, promptTokens, Positions, _model.Vocabulary) is var (error, code))
        {
            return Refuse(GenerationStatus.BadRequest, error, code, promptTokens);
        }

        if (Interlocked.Increment(ref _outstanding) > _options.Slots + _options.MaxQueue)
        {
            Interlocked.Decrement(ref _outstanding);
            var full = $"replica {Index} has no free slot and {_options.MaxQueue:N0} requests waiting";
            return Refuse(GenerationStatus.Overloaded, full, "queue_full", promptTokens);
        }

        var context = new GenerationContext(Index, _model.Tokenizer, Positions, () => Interlocked.Decrement(ref _outstanding), cancellationToken);
        var generation = new Generation(request, [.. promptTokens], sink, context) { LogitsDamage = LogitsDamage?.Invoke(request) };
        if (!life.Accept(generation))
        {
            generation.End(GenerationStatus.ReplicaLost, $"replica {Index} was lost");
        }

        return generation.Result;
    }

    public override async Task<EncoderResult> EncodeAsync(IReadOnlyList<int[]> rows, CancellationToken cancellationToken)
    {
        if (Serving is not { } life || Encoder is null)
        {
            return Encoder is null ? EncoderResult.Failed("not_implemented", "This model gives no embeddings.") : EncoderResult.Lost(Index);
        }

        Interlocked.Increment(ref _outstanding);
        try
        {
            // What a lost replica computes nobody waits for; the call of the graph ends by itself.
            var work = Encoder.RunAsync(rows, cancellationToken);
            await Task.WhenAny(work, life.Lost).ConfigureAwait(false);
            return life.Lost.IsCompleted ? EncoderResult.Lost(Index) : await work.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _outstanding);
        }
    }

    protected override ReplicaLife Create() => new(_model, _options, Index, new LoopPulse(_time), TryMove);
}
