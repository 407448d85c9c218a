namespace ChaosBench.Server.Scheduling;

/// <summary>
/// One session with its cache: runs prompt chunks of one row and decode steps of the first rows. For one thread, but for
/// <see cref="Terminate"/>.
/// </summary>
internal interface IDecoderRunner : IDisposable
{
    int Slots { get; }

    int Positions { get; }

    /// <summary>Most prompt tokens per call.</summary>
    int Chunk { get; }

    /// <summary>Breaks off the running call, from any thread; the calls after it fail too.</summary>
    void Terminate();

    /// <summary>Adds up to <see cref="Chunk"/> prompt tokens to a row and returns the logits behind the last of them.</summary>
    ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens, int past);

    /// <summary>
    /// One new token for each of the first rows. <paramref name="lengths"/> are the positions used before the step; read
    /// <see cref="LogitsOf"/> afterwards.
    /// </summary>
    void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths);

    /// <summary>Of the last step; valid until the next call of any method.</summary>
    ReadOnlySpan<float> LogitsOf(int row);

    /// <summary>Copies the used positions of a row over another row.</summary>
    void Move(int from, int to, int used);
}
