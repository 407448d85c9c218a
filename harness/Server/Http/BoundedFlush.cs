using System.IO.Pipelines;

namespace ChaosBench.Server.Http;

/// <summary>
/// Sends what was written, while the client takes it. Kestrel's own limit is a mean rate over what is buffered, with which a client who
/// reads nothing at all keeps a connection for minutes.
/// </summary>
internal sealed class BoundedFlush(TimeSpan limit, TimeProvider time)
{
    /// <exception cref="TimeoutException">The client takes nothing; the connection must be cut.</exception>
    public async ValueTask FlushAsync(PipeWriter body, CancellationToken cancellation)
    {
        var flush = body.FlushAsync(cancellation);
        if (flush.IsCompleted)
        {
            await flush.ConfigureAwait(false);
            return;
        }

        await flush.AsTask().WaitAsync(limit, time, cancellation).ConfigureAwait(false);
    }
}
