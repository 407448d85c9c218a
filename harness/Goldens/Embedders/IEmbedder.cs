using ChaosBench.Reports.Goldens;

namespace ChaosBench.Harness.Goldens.Embedders;

/// <summary>Makes vectors of texts.</summary>
internal interface IEmbedder : IAsyncDisposable
{
    EmbedderIdentity Identity { get; }

    /// <returns>One for each text; null where a text is empty or too long for it.</returns>
    /// <exception cref="GoldenException">It does not work.</exception>
    Task<IReadOnlyList<float[]?>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellation);
}
