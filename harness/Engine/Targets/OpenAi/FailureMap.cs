using System.Net.Sockets;
using System.Security.Authentication;
using ChaosBench.Engine.Targets.Http;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>The closed list of outcomes for what the HTTP stack throws. The only place that knows its exceptions.</summary>
internal static class FailureMap
{
    /// <param name="Reason">Not yet free of secrets.</param>
    public readonly record struct Failure(Outcome Outcome, string Reason);

    /// <summary>True for what a peer or the network can cause; anything else is a bug of ours and not to be caught.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is HttpRequestException or IOException or SocketException or AuthenticationException or OperationCanceledException;

    /// <param name="replyBegan">True once a status line has arrived.</param>
    public static Failure Map(Exception exception, bool replyBegan)
    {
        var detail = Innermost(exception).Message;
        if (ErrorOf(exception) is { } error && Map(error, replyBegan) is { } outcome)
        {
            return new Failure(outcome, $"{Say(outcome)}: {detail}");
        }

        var known = exception switch
        {
            // Without the caller's token this is the handler's own limit for connecting.
            OperationCanceledException => Outcome.ConnectError,
            _ when Find<AuthenticationException>(exception) is not null => Outcome.TlsError,
            _ when Find<SocketException>(exception) is { } socket => OfSocket(socket),
            _ => replyBegan ? Outcome.Truncated : Outcome.Reset,
        };
        return new Failure(known, $"{Say(known)}: {detail}");
    }

    /// <summary>The same for the client of our own.</summary>
    public static Failure Map(HttpFailure failure, string detail)
    {
        var outcome = failure switch
        {
            HttpFailure.Connect => Outcome.ConnectError,
            HttpFailure.LocalLimit => Outcome.NotSent,
            HttpFailure.Tls => Outcome.TlsError,
            HttpFailure.Reset => Outcome.Reset,
            HttpFailure.Truncated => Outcome.Truncated,
            HttpFailure.Protocol => Outcome.Malformed,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return new Failure(outcome, $"{Say(outcome)}: {detail}");
    }

    private static Outcome? Map(HttpRequestError error, bool replyBegan) => error switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => Outcome.ConnectError,
        HttpRequestError.SecureConnectionError => Outcome.TlsError,
        HttpRequestError.ResponseEnded => replyBegan ? Outcome.Truncated : Outcome.Reset,
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded => Outcome.Malformed,
        _ => null,
    };

    private static Outcome OfSocket(SocketException socket) => socket.SocketErrorCode switch
    {
        SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable
            or SocketError.AddressNotAvailable or SocketError.TryAgain or SocketError.NoData => Outcome.ConnectError,
        _ => Outcome.Reset,
    };

    private static string Say(Outcome outcome) => outcome switch
    {
        Outcome.ConnectError => "no connection",
        Outcome.TlsError => "no secure connection",
        Outcome.Reset => "the connection broke before the reply was complete",
        Outcome.Truncated => "the reply ended before it said so",
        Outcome.NotSent => "this machine has no room for another connection",
        _ => "the reply breaks the protocol",
    };

    private static HttpRequestError? ErrorOf(Exception exception) => exception switch
    {
        HttpRequestException request => request.HttpRequestError,
        HttpIOException io => io.HttpRequestError,
        _ => null,
    };

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
