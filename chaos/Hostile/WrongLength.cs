using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary><c>input.wrong_content_length</c>: a body that is longer or shorter than its head says.</summary>
internal sealed class WrongLength(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time)
    : HostileFault(fault, endpoints, announcer, time)
{
    /// <summary>A server that waits for the rest is not waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly FaultParameter How = new("how", "text", "short", "short: the body ends before its length; long: more comes than its length.")
    { Choices = ["short", "long"] };

    public static FaultKind Kind { get; } = Entry(
        "input.wrong_content_length", "Clients send requests whose Content-Length is not the length of their body.",
        "A 400, or the connection closes; what is left over is never taken for the next request.", "clients: 2, how: long", Clients, How);

    protected override async Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over)
    {
        using var connection = await HostileConnection.OpenAsync(endpoint, null, over).ConfigureAwait(false);
        var body = connection.Body(1);
        var length = How.TextOf(Fault.Fault) == "short" ? body.Length + 100 : body.Length - 20;
        await connection.Stream.WriteAsync((byte[])[.. connection.Head(length), .. body], over).ConfigureAwait(false);
        applied();
        var answer = connection.ReadUntilAsync("\r\n\r\n", 1, 1 << 16, over);
        if (await Task.WhenAny(answer, EndsWithinAsync(Patience)).ConfigureAwait(false) == answer)
        {
            await answer.ConfigureAwait(false);
        }
        else
        {
            connection.Break();
        }
    }
}
