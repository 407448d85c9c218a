using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>How many tokens a reply had, by whom, and which event was the first with one.</summary>
public sealed class TokenSourceTests
{
    private const string Role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    private const string One = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    private const string Two = "data: {\"choices\":[{\"delta\":{\"content\":\"lo \\u0041nna\"}}]}\n\n";
    private const string Think = "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"let me\"}}]}\n\n";
    private const string Empty = "data: {\"choices\":[{\"delta\":{\"content\":\"\",\"reasoning_content\":null}}]}\n\n";
    private const string Call = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"find\",\"arguments\":\"\"}}]}}]}\n\n";
    private const string Arguments = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}}]}\n\n";
    private const string Stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private static string Usage(int tokens) => $"data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":5,\"completion_tokens\":{tokens}}}}}\n\n";

    private static string Counted(string text, int total) =>
        $"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}],\"usage\":{{\"completion_tokens\":{total}}}}}\n\n";

    public static TheoryData<string, string, int?, TokenSource?> Streams => new()
    {
        { "a total at the end", Role + One + Two + Stop + Usage(7) + Done, 7, TokenSource.Usage },
        { "no usage", Role + One + Two + Stop + Done, 2, TokenSource.Events },
        { "usage of null", "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n" + Stop + Done, 1, TokenSource.Events },
        { "a total of nothing for a text", One + Two + Stop + Usage(0) + Done, 2, TokenSource.Events },
        { "a count with each", Role + Counted("He l", 2) + Counted("lo you", 5) + Stop + Done, 5, TokenSource.EventUsage },
        { "a count with each, cut", Role + Counted("He l", 2) + Counted("lo you", 5), 5, TokenSource.EventUsage },
        { "cut before the total", Role + One + Two, 2, TokenSource.Events },
        { "nothing generated", Role + Empty + Stop + Usage(0) + Done, 0, TokenSource.Usage },
        { "nothing generated, nothing said", Role + Empty + Stop + Done, null, null },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task SendAsync_Stream_SaysHowItsTokensWereCounted(string what, string wire, int? tokens, TokenSource? source)
    {
        await using var server = new ScriptedServer(Answer.Stream(wire));

        var (response, _) = await Ask.OnceAsync(Ask.Settings(server.Url));

        Assert.True((tokens, source) == (response.OutputTokens, response.TokenSource), $"{what}: {response.OutputTokens}, {response.TokenSource}");
        Assert.Null(response.Pieces);
    }

    [Theory]
    [InlineData(",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3}", 3, TokenSource.Usage)]
    [InlineData("", null, null)]
    public async Task SendAsync_NoStream_NeverTakesTheReplyForOneToken(string usage, int? tokens, TokenSource? source)
    {
        await using var server = new ScriptedServer(
            Answer.Json(200, $"{{\"choices\":[{{\"message\":{{\"content\":\"Hello there\"}},\"finish_reason\":\"stop\"}}]{usage}}}"));

        var (response, _) = await Ask.OnceAsync(Ask.Settings(server.Url), Plans.Arrival(3, 0, stream: false));

        Assert.Equal((tokens, source), (response.OutputTokens, response.TokenSource));
    }

    [Fact]
    public async Task SendAsync_ReasoningToolCallsAndEmptyEvents_CountWhatWasGenerated()
    {
        await using var server = new ScriptedServer(Answer.Stream(Role + Empty + Think + Empty + One + Call + Arguments + Stop + Done));

        var (response, instants) = await Ask.OnceAsync(Ask.Settings(server.Url));

        Assert.Equal((4, 4L, 3), (response.OutputTokens, instants.Tokens, instants.Gaps.Count));
        Assert.Equal("Hel", response.Text);
    }

    [Theory]
    [InlineData(HttpTransport.EventLoop)]
    [InlineData(HttpTransport.SocketsHandler)]
    public async Task SendAsync_TokenizerAtHand_KeepsEachEventsText(HttpTransport transport)
    {
        await using var server = new ScriptedServer(Answer.Stream(Role + Think + One + Two + One + Call + Arguments + Stop + Done));

        var (response, _) = await Ask.OnceAsync(Ask.Settings(server.Url) with { CountsTokens = true, Transport = transport });

        var pieces = Assert.IsType<OutputPieces>(response.Pieces);
        Assert.Equal(["let me", "Hel", "lo Anna", "Hel", "find", "{}"], Enumerable.Range(0, pieces.Ends.Count).Select(number => pieces[number]));
        Assert.Equal("let meHello AnnaHelfind{}", pieces.Whole);
        Assert.Equal("Hello AnnaHel", response.Text);
    }

    [Theory]
    [InlineData(2, false)] // as many as events: each was one
    [InlineData(3, true)]
    public async Task SendAsync_TokenizerAtHandAndATotal_KeepsTextOnlyIfEventsHoldSeveral(int total, bool kept)
    {
        await using var server = new ScriptedServer(Answer.Stream(One + Two + Stop + Usage(total) + Done));

        var (response, _) = await Ask.OnceAsync(Ask.Settings(server.Url) with { CountsTokens = true });

        Assert.Equal((total, TokenSource.Usage, kept), (response.OutputTokens, response.TokenSource, response.Pieces is not null));
    }

    [Fact]
    public async Task SendAsync_OneTargetManyReplies_KeepNothingOfEachOther()
    {
        var replies = new Queue<string>([Counted("a b", 2) + Stop + Done, One + Stop + Done, Two + Stop + Done]);
        await using var server = new ScriptedServer(_ => Answer.Stream(replies.Dequeue()));
        await using var target = new OpenAiTarget(Ask.Settings(server.Url) with { CountsTokens = true });

        var seen = new List<(TokenSource?, string?)>();
        for (var reply = 0; reply < 3; reply++)
        {
            var (response, _) = await Ask.OnceAsync(target);
            seen.Add((response.TokenSource, response.Pieces?.Whole));
        }

        Assert.Equal([(TokenSource.EventUsage, null), (TokenSource.Events, "Hel"), (TokenSource.Events, "lo Anna")], seen);
    }
}
