using ChaosBench.Server;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;

namespace ChaosBench.Tests.Server.Scheduling;

public sealed class PrefixShelfTests : IDisposable
{
    private readonly CopyRunner _runner = new();

    public void Dispose() => _runner.Dispose();

    [Theory]
    [InlineData(0, 12, 0)]
    [InlineData(3, 12, 0)]
    [InlineData(4, 12, 4)]
    [InlineData(7, 12, 4)]
    [InlineData(12, 20, 12)]
    [InlineData(8, 8, 4)]
    [InlineData(9, 9, 8)]
    public void Reuse_SharedTokens_AreRoundedToChunksAndLeaveOneToCompute(int shared, int length, int expected)
    {
        var shelf = new PrefixShelf(_runner, places: 2);
        int[] kept = [.. Enumerable.Range(0, 14)];
        shelf.Keep(kept, row: 1);
        int[] prompt = [.. kept.Take(shared), .. Enumerable.Repeat(99, length - shared)];

        Assert.Equal(expected, shelf.Reuse(prompt, row: 0));
        Assert.Equal(expected == 0 ? [(1, 2 + 1, 12)] : [(1, 2 + 1, 12), (2 + 1, 0, expected)], _runner.Moves);
    }

    [Fact]
    public void Keep_MoreThanPlaces_DropsTheLeastRecentlyUsed()
    {
        var shelf = new PrefixShelf(_runner, places: 2);
        shelf.Keep([1, 1, 1, 1], row: 0);
        shelf.Keep([2, 2, 2, 2], row: 0);
        Assert.Equal(4, shelf.Reuse([1, 1, 1, 1, 1], row: 0));
        shelf.Keep([3, 3, 3, 3], row: 0);

        Assert.Equal(4, shelf.Reuse([1, 1, 1, 1, 1], row: 0));
        Assert.Equal(0, shelf.Reuse([2, 2, 2, 2, 2], row: 0));
        Assert.Equal(4, shelf.Reuse([3, 3, 3, 3, 3], row: 0));
    }

    [Fact]
    public void Keep_WhatIsThereOrLonger_TakesNoSecondPlace()
    {
        var shelf = new PrefixShelf(_runner, places: 2);
        shelf.Keep([9, 9, 9, 9], row: 0);
        shelf.Keep([1, 1, 1, 1], row: 0);
        shelf.Keep([1, 1, 1, 1, 2], row: 0);
        shelf.Keep([1, 1, 1, 1, 2, 2, 2, 2], row: 0);

        Assert.Equal(3, _runner.Moves.Count);
        Assert.Equal(8, shelf.Reuse([1, 1, 1, 1, 2, 2, 2, 2, 3], row: 0));
        Assert.Equal(4, shelf.Reuse([9, 9, 9, 9, 9], row: 0));
    }

    [Fact]
    public void Reuse_NoPlaces_IsOff()
    {
        var shelf = new PrefixShelf(_runner, places: 0);
        shelf.Keep([1, 1, 1, 1], row: 0);
        Assert.Equal(0, shelf.Reuse([1, 1, 1, 1, 1], row: 0));
        Assert.Empty(_runner.Moves);
    }

    [SkippableTheory]
    [InlineData("triage-v1")]
    [InlineData("triage-growing")]
    public async Task Generate_SameSystemText_IsReusedWithTheSameAnswers(string graph)
    {
        using var other = graph == "triage-growing" ? GrowingModel.OfTriage(graph) : null;
        var model = other?.Load() ?? TriageModel.Require();
        var without = await AnswersAsync(model, kept: 0);
        var with = await AnswersAsync(model, kept: 2);

        Assert.All(without, r => Assert.Equal(0, r.ReusedPromptTokens));
        Assert.Equal(without.Select(r => r.Text), with.Select(r => r.Text));
        // The first round of slots starts before anything is kept.
        Assert.All(with.Skip(3), r => Assert.True(r.ReusedPromptTokens is > 0 and var reused && reused % 16 == 0 && reused < r.PromptTokens));
    }

    private static async Task<GenerationResult[]> AnswersAsync(ChaosBench.Server.Models.ModelFolder model, int kept)
    {
        await using var replica = model.CreateReplica(0, new ReplicaOptions { Slots = 3, MaxContext = 512, PrefillChunk = 16, KeptPrefixes = kept });
        await replica.StartAsync(default);
        var system = new ChatTurn("system", "You sort the tickets of a shop and answer with one line of JSON. Never invent an order, a name or a date.");
        string[] tickets = ["please cancel order A-55555 today, it is urgent!!", "where is my parcel", "I was charged $49.90 twice for the bike helmet."];
        return await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
        {
            var request = new GenerationRequest { RequestId = $"{i}", Messages = [system, new ChatTurn("user", tickets[i % 3])], MaxTokens = 60 };
            return replica.GenerateAsync(request, model.EncodeChat(request.Messages), new CollectingSink(), default);
        }));
    }

    /// <summary>Two slots and chunks of four tokens; remembers what was copied.</summary>
    private sealed class CopyRunner : IDecoderRunner
    {
        public List<(int From, int To, int Used)> Moves { get; } = [];

        public int Slots => 2;

        public int Positions => 64;

        public int Chunk => 4;

        public void Terminate() => throw new NotSupportedException();

        public ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens, int past) => throw new NotSupportedException();

        public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths) => throw new NotSupportedException();

        public ReadOnlySpan<float> LogitsOf(int row) => throw new NotSupportedException();

        public void Move(int from, int to, int used) => Moves.Add((from, to, used));

        public void Dispose()
        {
        }
    }
}
