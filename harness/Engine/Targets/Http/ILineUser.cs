namespace ChaosBench.Engine.Targets.Http;

/// <summary>Who talks over a <see cref="Line"/>. Called on the loop's thread.</summary>
internal interface ILineUser
{
    /// <summary>The instant now, for bytes that have just arrived.</summary>
    long Stamp();

    /// <param name="attempt">Which of the host's addresses answered.</param>
    void OnOpened(int attempt);

    void OnNotOpened(HttpFailure failure, string detail);

    /// <summary>There is room to send again.</summary>
    void OnRoom();

    void OnBytes(ReadOnlySpan<byte> bytes, long stamp);

    /// <summary>The peer says no more.</summary>
    /// <param name="problem">Set when the peer did not end it in order.</param>
    void OnEnd(string? problem);

    void OnBroken(string detail);

    /// <summary>Nothing more can be sent. Inside <see cref="Line.Send"/>; what the peer said before may still be read.</summary>
    void OnBrokenSend(string detail);
}
