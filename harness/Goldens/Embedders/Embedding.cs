using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Goldens.Embedders;

/// <summary>Opens embedders, and holds one against what it was when a snapshot was recorded.</summary>
internal static class Embedding
{
    /// <summary>Larger differences of a canary are another embedder; a few digits come from another machine or batch.</summary>
    private const double Drift = 1e-3;

    /// <param name="choice"><c>hashed</c>, <c>target</c>, or a model folder.</param>
    /// <param name="target">Started.</param>
    /// <exception cref="GoldenException">It cannot be had.</exception>
    public static async Task<IEmbedder> OpenAsync(
        string choice, ITarget target, Target settings, LoadedSuite loaded, TimeProvider time, CancellationToken cancellation) => choice switch
    {
        "hashed" => new HashedEmbedder(),
        "target" => (target, settings) switch
        {
            (OnnxTarget served, _) => EncoderEmbedder.Of(served.Server),
            (_, Target.OpenAi remote) => await RemoteEmbedder.OpenAsync(OpenAiTargets.Settings(remote, loaded.Resolve, time), cancellation).ConfigureAwait(false),
            _ => throw new GoldenException(GoldenReasons.EmbedderUnavailable, "the target's embeddings are behind a fault proxy; name a model folder"),
        },
        _ => await EncoderEmbedder.OpenAsync(choice, time, cancellation).ConfigureAwait(false),
    };

    /// <summary>What to open for a snapshot: as it was recorded.</summary>
    /// <param name="folder">Of the snapshot; places are relative to it.</param>
    public static string ChoiceOf(EmbedderIdentity identity, string folder) =>
        identity.Kind == "model" ? Path.GetFullPath(identity.Place, Path.GetFullPath(folder)) : identity.Kind;

    /// <exception cref="GoldenException">It is not the embedder that made the goldens: nothing can be said about the answers.</exception>
    public static async Task VerifyAsync(IEmbedder embedder, Golden golden, CancellationToken cancellation)
    {
        var was = golden.Snapshot.Embedder;
        if (embedder.Identity.Dimension != was.Dimension)
        {
            throw new GoldenException(
                GoldenReasons.OtherDimension, $"the goldens have {was.Dimension} dimensions and the embedder {embedder.Identity.Dimension}; record the goldens again, or use the embedder that made them");
        }

        var now = await embedder.EmbedAsync(golden.Snapshot.Canaries, cancellation).ConfigureAwait(false);
        var worst = golden.CanaryVectors.Zip(now, (then, vector) =>
            vector is not null && Cosine.Similarity(then, vector) is { IsKnown: true } cosine ? Math.Abs(1 - cosine.Value) : 2).Max();
        if (worst > Drift)
        {
            throw new GoldenException(
                GoldenReasons.EmbedderChanged, FormattableString.Invariant(
                    $"the embedder is not the one that made the goldens: a canary sentence has moved by {worst:0.0000} where {Drift} is rounding; record the goldens again, or use the embedder that made them"));
        }
    }
}
