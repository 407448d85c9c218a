using System.Text;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Server.Tokenization;
using ChaosBench.Tests.Engine.Targets.OpenAi;
using ChaosBench.Tests.Reports;
using ChaosBench.Tests.Server.Models;

namespace ChaosBench.Tests.Engine;

public sealed class TokenCountingTests
{
    private static readonly ITokenCounter Words = new WordCounter();

    [Fact]
    public void Counted_Stream_CountsTotalFirstEventAndGaps()
    {
        var seen = Streamed(TokenSource.Events, tokens: 3, gaps: [new TokenGap(10, 1), new TokenGap(20, 1)]);

        var counted = TokenCounting.Counted(seen, Pieces("one two", " three", " four five six"), Words);

        Assert.Equal((6, TokenSource.Tokenizer, 2), (counted.OutputTokens, counted.TokenSource, counted.FirstEventTokens));
        Assert.Equal([new TokenGap(10, 1), new TokenGap(20, 3)], counted.Gaps);
    }

    [Fact]
    public void Counted_WordCutBetweenEvents_TotalIsThatOfTheWholeAndNoEventIsEmpty()
    {
        var seen = Streamed(TokenSource.Events, tokens: 3, gaps: [new TokenGap(10, 1), new TokenGap(20, 1)]);

        var counted = TokenCounting.Counted(seen, Pieces("hel", "lo", " "), Words);

        Assert.Equal((1, 1), (counted.OutputTokens, counted.FirstEventTokens));
        Assert.All(counted.Gaps, gap => Assert.Equal(1, gap.Tokens));
    }

    [Fact]
    public void Counted_ServerSaidTheTotal_OnlyTheEventsAreCounted()
    {
        var seen = Streamed(TokenSource.Usage, tokens: 9, gaps: [new TokenGap(10, 1)]);

        var counted = TokenCounting.Counted(seen, Pieces("one two", " three four"), Words);

        Assert.Equal((9, TokenSource.Usage, 2, 2), (counted.OutputTokens, counted.TokenSource, counted.FirstEventTokens, counted.Gaps[0].Tokens));
    }

    [Fact]
    public void Counted_NoStream_CountsTheWhole()
    {
        var seen = Streamed(null, tokens: null, gaps: []) with { FirstEventTokens = null, FirstToken = null };

        var counted = TokenCounting.Counted(seen, Pieces("one two three"), Words);

        Assert.Equal((3, TokenSource.Tokenizer, (int?)null), (counted.OutputTokens, counted.TokenSource, counted.FirstEventTokens));
    }

    [Fact]
    public void TryTake_TooMuchWaits_LeavesItToTheCaller()
    {
        using var stop = new RunStop();
        var slow = new HeldCounter();
        var journal = new MemoryJournal();
        using var counting = new TokenCounting(new Dictionary<TargetRole, ITokenCounter> { [TargetRole.Candidate] = slow }, journal, stop);
        var seen = Streamed(TokenSource.Events, tokens: 1, gaps: []);
        var large = new OutputPieces(new byte[TokenCounting.MaxWaitingBytes], [(int)TokenCounting.MaxWaitingBytes]);

        Assert.True(counting.TryTake(Plans.Arrival(0, 0), seen, [], large));
        Assert.False(counting.TryTake(Plans.Arrival(1, 0), seen, [], Pieces("x")));
        Assert.False(counting.TryTake(Plans.Arrival(2, 0), seen, [], null));
        slow.Go.Set();
        counting.Finish();

        Assert.Single(journal.Observations);
        Assert.False(counting.TryTake(Plans.Arrival(3, 0), seen, [], Pieces("x")), "it took work after its end");
    }

    [SkippableFact]
    public async Task RunAsync_ServerSaysNothing_JournalHasTheTokenizersCount()
    {
        var model = LoadedTokenizer.Load(TriageModel.RequireFolder());
        const string text = "{\"intent\": \"refund\", \"urgency\": \"high\"}";
        var events = string.Concat(text.Chunk(7).Select(part =>
            $"data: {{\"choices\":[{{\"delta\":{{\"content\":{System.Text.Json.JsonSerializer.Serialize(new string(part))}}}}}]}}\n\n"));
        await using var server = new ScriptedServer(Answer.Stream(events + "data: [DONE]\n\n"));
        await using var target = new OpenAiTarget(Ask.Settings(server.Url) with { CountsTokens = true });
        var journal = new MemoryJournal();

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Plans.Open([0, 1_000_000, 2_000_000], TimeSpan.FromMilliseconds(50)),
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            TokenCounters = new Dictionary<TargetRole, ITokenCounter> { [TargetRole.Candidate] = new ModelCounter(model.Tokenizer) },
            Journal = journal,
            WarmUp = false,
        });

        var expected = model.Tokenizer.Encode(text).Length;
        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.Equal(3, journal.Observations.Count);
        Assert.All(journal.Observations, o => Assert.Equal((expected, TokenSource.Tokenizer), (o.OutputTokens, o.TokenSource)));
    }

    [Fact]
    public async Task RunAsync_TokenizerThatFails_BreaksTheRun()
    {
        await using var server = new ScriptedServer(Answer.Stream("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n\n"));
        await using var target = new OpenAiTarget(Ask.Settings(server.Url) with { CountsTokens = true });

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Plans.Open([0], TimeSpan.FromMilliseconds(20)),
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            TokenCounters = new Dictionary<TargetRole, ITokenCounter> { [TargetRole.Candidate] = new BrokenCounter() },
            Journal = new MemoryJournal(),
            WarmUp = false,
        });

        Assert.Equal(RunEnding.Broken, outcome.Ending);
        Assert.Contains("counting tokens", outcome.Reason, StringComparison.Ordinal);
    }

    private static JournalEvent.Observation Streamed(TokenSource? source, int? tokens, IReadOnlyList<TokenGap> gaps) =>
        Some.Request(0, 1) with { OutputTokens = tokens, TokenSource = source, FirstEventTokens = 1, Gaps = gaps };

    private static OutputPieces Pieces(params string[] texts)
    {
        var ends = new List<int>();
        foreach (var text in texts)
        {
            ends.Add((ends.Count == 0 ? 0 : ends[^1]) + Encoding.UTF8.GetByteCount(text));
        }

        return new OutputPieces(Encoding.UTF8.GetBytes(string.Concat(texts)), ends);
    }

    private sealed class WordCounter : ITokenCounter
    {
        public int Count(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    private sealed class ModelCounter(Tokenizer tokenizer) : ITokenCounter
    {
        public int Count(string text) => tokenizer.Encode(text).Length;
    }

    private sealed class BrokenCounter : ITokenCounter
    {
        public int Count(string text) => throw new InvalidOperationException("no such token");
    }

    private sealed class HeldCounter : ITokenCounter
    {
        public ManualResetEventSlim Go { get; } = new();

        public int Count(string text) => Go.Wait(TimeSpan.FromSeconds(30)) ? 1 : throw new TimeoutException();
    }
}
