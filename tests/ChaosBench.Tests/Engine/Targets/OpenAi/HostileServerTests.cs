using System.Text;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Servers that never stop, or never make sense: one named outcome each, and no more memory than the limits allow.</summary>
public abstract class HostileServerTests(HttpTransport transport)
{
    private const int Pieces = 1600; // of 64 KiB: 100 MiB

    public static TheoryData<string, string, Outcome> Endless => new()
    {
        { "HTTP/1.1 200 OK\r\n", "X-More: and more\r\n", Outcome.Malformed },
        { "HTTP/1.1 200 OK\r\nX-Long: ", "and on", Outcome.Malformed },
        { "HTTP/1.1 200 ", "OK", Outcome.Malformed },
        { "", "no line ends here", Outcome.Malformed },
        { Answer.StreamHead + "data: ", "one event", Outcome.Malformed },
        { Answer.StreamHead, "data: one event\n", Outcome.Malformed },
        { "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":\"", "text without an end", Outcome.Malformed },
        { "HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\n\r\n", "<p>sorry", Outcome.Failed },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task SendAsync_ReplyWithoutEnd_IsCutOff(string start, string more, Outcome expected)
    {
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(more, (64 * 1024 / more.Length) + 1)));
        await using var server = new ScriptedServer(new Answer([Encoding.ASCII.GetBytes(start), .. Enumerable.Repeat((ReadOnlyMemory<byte>)piece, Pieces)]));

        var (response, _) = await Ask.OnceAsync(Settings(server.Url));

        Assert.True(expected == response.Outcome, $"{response.Outcome} ({response.Reason})");
    }

    [Fact]
    public async Task SendAsync_Garbage_HasOneNamedOutcome()
    {
        var random = new SplitMix64(3);
        await using var server = new ScriptedServer(_ =>
        {
            var bytes = new byte[random.Next(600)];
            for (var at = 0; at < bytes.Length; at++)
            {
                bytes[at] = (byte)random.Next(256);
            }

            return new Answer(bytes);
        });
        await using var target = new OpenAiTarget(Settings(server.Url));
        for (var round = 0; round < 100; round++)
        {
            var (response, _) = await Ask.OnceAsync(target);

            Assert.Contains(response.Outcome, (Outcome[])[Outcome.Malformed, Outcome.Reset]);
            Assert.NotNull(response.Reason);
        }
    }

    [Fact]
    public async Task SendAsync_AnswersBeforeItHasRead_HasItsOutcome()
    {
        var arrival = Plans.Arrival(0, 0);
        var huge = arrival with { Prompt = arrival.Prompt with { RawBody = new byte[8 * 1024 * 1024] } };
        await using var server = new ScriptedServer(Answer.Json(413, "{}")) { ReadsBodies = false };

        var (response, _) = await Ask.OnceAsync(Settings(server.Url), huge);

        Assert.Contains(response.Outcome, (Outcome[])[Outcome.Refused, Outcome.Reset]);
    }

    private OpenAiSettings Settings(Uri url) => Ask.Settings(url) with { Transport = transport };
}

public sealed class HostileServerOnEventLoopTests() : HostileServerTests(HttpTransport.EventLoop);

public sealed class HostileServerOnSocketsHandlerTests() : HostileServerTests(HttpTransport.SocketsHandler);
