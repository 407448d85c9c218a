using System.Buffers;
using System.Text;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets;

/// <summary>
/// A system under test as the engine sees it. Everything the target does wrong is a value (<see cref="Response"/>); an exception
/// out of <see cref="SendAsync"/> is a bug of ours.
/// </summary>
public interface ITarget : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Loads, connects, warms up. Throws <see cref="TargetUnavailableException"/> when it cannot serve.</summary>
    Task<TargetIdentity> StartAsync(CancellationToken cancellation);

    /// <summary>
    /// Sends one request and reports its events to <paramref name="sink"/> as they happen. Completes when the outcome is known;
    /// when <paramref name="cancellation"/> fires it completes soon with <see cref="Outcome.Cancelled"/>.
    /// </summary>
    Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation);
}

/// <summary>Receives the instants of one request. The engine stamps the time in these calls: make them at once, before parsing on.</summary>
public interface IResponseSink
{
    /// <summary>The request's bytes are about to go out. Never called for a request that is not sent.</summary>
    void Sent();

    /// <summary>As <see cref="Sent()"/>, but it happened at <paramref name="stamp"/>.</summary>
    void Sent(long stamp) => Sent();

    /// <summary>An event with <paramref name="tokens"/> tokens (at least 1) arrived. Without streaming: once, with the last body byte.</summary>
    void Tokens(int tokens);

    /// <summary>The instant now, for <see cref="Tokens(int, long)"/>: taken as soon as bytes arrive, before they are parsed.</summary>
    long Stamp() => 0;

    /// <summary>As <see cref="Tokens(int)"/>, but the event arrived at <paramref name="stamp"/>.</summary>
    void Tokens(int tokens, long stamp) => Tokens(tokens);
}

/// <summary>How a request ended, without the instants. A value: one is made for each request and soon forgotten.</summary>
public readonly record struct Response
{
    public required Outcome Outcome { get; init; }
    public string? Reason { get; init; }
    public int? Status { get; init; }

    /// <summary>All output text, for graders; may be huge or hostile. Null when nothing came, or nobody asked for it.</summary>
    public string? Text { get; init; }

    /// <summary>What the journal says of the text, where the target knows it already. Null: is made from <see cref="Text"/>.</summary>
    public OutputMark? Mark { get; init; }

    public string? FinishReason { get; init; }
    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }

    /// <summary>How they were counted. Null: by the target itself.</summary>
    public TokenSource? TokenSource { get; init; }

    /// <summary>What was generated, where its tokens can and must still be counted. Null otherwise.</summary>
    public OutputPieces? Pieces { get; init; }

    public double? RetryAfterSeconds { get; init; }
    public int? Replica { get; init; }
    public bool Degraded { get; init; }
}

/// <summary>What is kept of an output text.</summary>
/// <param name="Sha256">Of its UTF-8.</param>
/// <param name="Chars">In UTF-16.</param>
public readonly record struct OutputMark(Sha256Digest Sha256, int Chars)
{
    /// <param name="text">Valid UTF-8.</param>
    public static OutputMark Of(ReadOnlySpan<byte> text) => new(Sha256Digest.Of(text), Encoding.UTF8.GetCharCount(text));

    public static OutputMark Of(string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var digest = Sha256Digest.Of(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
        return new OutputMark(digest, text.Length);
    }
}

/// <summary>What was measured: goes to the manifest. Never holds a secret.</summary>
public sealed record TargetIdentity(string Name, string Type, string Location, IReadOnlyDictionary<string, string> Facts);

/// <summary>The target cannot be reached or loaded. The message says what, where and what to do.</summary>
public sealed class TargetUnavailableException : Exception
{
    public TargetUnavailableException(string message)
        : base(message)
    {
    }

    public TargetUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
