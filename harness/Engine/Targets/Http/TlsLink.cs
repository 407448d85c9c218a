using System.Net.Security;
using System.Security.Authentication;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>
/// TLS for one connection of a loop. Hands are shaken on the thread pool, because a chain of certificates takes milliseconds to judge and
/// tokens of other streams must not wait for that; everything after it happens on the loop's thread, inside <see cref="Feed"/>,
/// <see cref="Read"/> and <see cref="Write"/>, and never waits.
/// </summary>
#pragma warning disable CA1001 // Connections are closed, not disposed of: Close disposes the stream.
internal sealed class TlsLink
#pragma warning restore CA1001
{
    /// <summary>Of one record; more makes several.</summary>
    public const int RecordBytes = 16 * 1024;

    private readonly CipherPipe _pipe;
    private readonly SslStream _stream;
    private ValueTask<int> _reading;
    private bool _isReading;
    private bool _hasData;

    /// <param name="onWritten">There is ciphertext to flush. From any thread.</param>
    public TlsLink(Action onWritten)
    {
        _pipe = new CipherPipe(onWritten);
        _stream = new SslStream(_pipe, leaveInnerStreamOpen: false);
    }

    /// <summary>Why nothing more can be read or written; not an end that the peer made.</summary>
    public string? Problem { get; private set; }

    /// <returns>What was wrong, null when the peer is who it should be. Ends soon after the end of the stream was fed.</returns>
    public async Task<string?> ShakeHandsAsync(SslClientAuthenticationOptions options)
    {
        try
        {
            // Off the loop from its first step on.
            await Task.Yield();
            await _stream.AuthenticateAsClientAsync(options, CancellationToken.None).ConfigureAwait(false);
            _pipe.StayOnLoop();
            return null;
        }
#pragma warning disable CA1031 // As SocketsHttpHandler has it: whatever fails here is a connection that is not secure.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return Innermost(problem);
        }
    }

    /// <summary>Ciphertext that arrived; none at the end of the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes) => _pipe.Feed(bytes);

    /// <summary>Encrypts, for the next <see cref="Flush"/>.</summary>
    /// <returns>False when there is a <see cref="Problem"/>.</returns>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
            return true;
        }
        catch (Exception problem) when (IsFailure(problem))
        {
            Problem = Innermost(problem);
            return false;
        }
    }

    /// <summary>Sends what waits.</summary>
    /// <returns>0 when nothing waits any more, else errno.</returns>
    public int Flush(Loops.LoopSocket socket) => _pipe.Flush(socket);

    /// <summary>
    /// Plain bytes of what was fed. The stream is first asked whether there is anything: a question without room for an answer holds no
    /// buffer while it waits.
    /// </summary>
    /// <param name="into">The same memory each time.</param>
    /// <returns>Null when more must be fed first; 0 at the end, also when there is a <see cref="Problem"/>.</returns>
    public int? Read(Memory<byte> into)
    {
        try
        {
            while (true)
            {
                if (!_isReading)
                {
#pragma warning disable CA2012 // Consumed once: when it is complete, below.
                    _reading = _stream.ReadAsync(_hasData ? into : Memory<byte>.Empty);
#pragma warning restore CA2012
                    _isReading = true;
                }

                if (!_reading.IsCompleted)
                {
                    return null;
                }

                _isReading = false;
                var count = _reading.GetAwaiter().GetResult();
                _hasData = !_hasData;
                if (!_hasData)
                {
                    return count;
                }
            }
        }
        catch (Exception problem) when (IsFailure(problem))
        {
            _isReading = false;
            Problem = Innermost(problem);
            return 0;
        }
    }

    public void Close()
    {
        // A question that is still open ends, and gives back what it holds.
        _pipe.Feed(default);
        _stream.Dispose();
    }

    /// <summary>What a peer can bring about; a stream that broke once says InvalidOperation from then on.</summary>
    private static bool IsFailure(Exception problem) => problem is IOException or AuthenticationException or InvalidOperationException;

    private static string Innermost(Exception problem)
    {
        while (problem.InnerException is { } inner)
        {
            problem = inner;
        }

        return problem.Message;
    }
}
