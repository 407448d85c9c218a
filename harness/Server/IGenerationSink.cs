namespace ChaosBench.Server;

/// <summary>Receives an answer while it is generated.</summary>
public interface IGenerationSink
{
    /// <summary>
    /// Called on the replica's thread as soon as tokens exist, so it must not block. <paramref name="text"/> is "" while a UTF-8
    /// character or a possible stop string is incomplete; <paramref name="count"/> is 0 for text that was held back until the end.
    /// </summary>
    void Tokens(int count, string text);

    /// <summary>Called just before the <see cref="Tokens"/> of the token, when the request asked for log probabilities.</summary>
    void LogProb(TokenLogProb logProb)
    {
    }
}
