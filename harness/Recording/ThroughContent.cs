using System.Net;

namespace ChaosBench.Harness.Recording;

/// <summary>A request's body on its way to the upstream: what was read of it already, then the rest as it comes.</summary>
internal sealed class ThroughContent(IReadOnlyList<ReadOnlyMemory<byte>> read, Stream rest, long? length) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var part in read)
        {
            await stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
        }

        await rest.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>With a length as the client gave it, without one in chunks.</summary>
    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }
}
