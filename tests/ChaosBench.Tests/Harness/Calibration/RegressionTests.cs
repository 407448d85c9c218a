using ChaosBench.Engine.Targets;
using ChaosBench.Harness;
using ChaosBench.Harness.Calibrating.Gates;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Harness.Calibrating;

public sealed class RegressionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static Arrival Arrival(int number) => new()
    {
        Index = number, At = 0, Role = TargetRole.Candidate, Group = number, Key = $"tickets-{number:D6}",
        Prompt = new PlannedPrompt("p", [new ChatMessage("user", "hello")], null, null),
        Sampling = new Sampling(0, 64, false, 1),
        Cohort = new Cohort("tickets", 0, 64, false, 1, PromptRole.Traffic, GraderKind.None, new Dictionary<string, string>()),
    };

    [Theory]
    [InlineData("+10%", "+10%", "plus-10")]
    [InlineData("+2.5", "+2.5%", "plus-2.5")]
    [InlineData("SLOW-1%", "slow-1%", "slow-1")]
    [InlineData("half-precision", "half-precision", "half-precision")]
    public void Parse_KnownName_IsThatRegression(string text, string name, string folder)
    {
        var regression = Regression.Parse(text);
        Assert.Equal((name, folder), (regression.Name, regression.Folder));
    }

    [Theory]
    [InlineData("undertraind", "did you mean 'undertrained'?")]
    [InlineData("lok", "did you mean 'lock'?")]
    [InlineData("everything", "write one of +N%, slow-1%, lock, leak, truncated, half-precision, undertrained.")]
    [InlineData("+x%", "from +1% to +200%")]
    [InlineData("+0%", "from +1% to +200%")]
    [InlineData("+900%", "from +1% to +200%")]
    public void Parse_UnknownName_NamesTheNearest(string text, string remedy) =>
        Assert.Contains(remedy, Assert.Throws<UsageException>(() => Regression.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Send_Truncated_AsksForTwelveTokens()
    {
        var (served, _) = await SendAsync(new Regression.Truncated(), 1);
        Assert.Equal(12, served.Asked.Single().Sampling.MaxTokens);
    }

    [Fact]
    public async Task Send_AddedLatency_HandsOnEveryEventInOrderBeforeItEnds()
    {
        var (served, sink) = await SendAsync(new Regression.Added(0.5), 3);

        Assert.Equal(64, served.Asked[0].Sampling.MaxTokens);
        Assert.Equal(["sent", "1", "2", "3", "sent", "1", "2", "3", "sent", "1", "2", "3"], sink.Heard);
    }

    [Fact]
    public async Task Send_SerialisedSection_LetsOneInAtATimeAndAllThrough()
    {
        using var line = new DelayLine(TimeProvider.System);
        await using var target = new RegressedTarget(new Served(), new Regression.Lock(), new RegressionParts(line, 1000, 1));

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => target.SendAsync(Arrival(number), new Ear(), default))).WaitAsync(Patience);

        Assert.All(all, response => Assert.Equal(Outcome.Completed, response.Outcome));
    }

    [Fact]
    public async Task DelayLine_Closed_LetsGoOfEverybody()
    {
        var line = new DelayLine(TimeProvider.System);
        var waiting = line.UntilAsync(long.MaxValue / 2);
        var past = line.UntilAsync(0);

        Assert.True(past.IsCompleted);
        Assert.False(waiting.IsCompleted);
        line.Dispose();
        await waiting.WaitAsync(Patience);
    }

    private static async Task<(Served Served, Ear Sink)> SendAsync(Regression regression, int requests)
    {
        using var line = new DelayLine(TimeProvider.System);
        var (served, sink) = (new Served(), new Ear());
        await using var target = new RegressedTarget(served, regression, new RegressionParts(line, 0, 1));
        for (var number = 0; number < requests; number++)
        {
            await target.SendAsync(Arrival(number), sink, default).WaitAsync(Patience);
        }

        return (served, sink);
    }

    /// <summary>Three events, at once.</summary>
    private sealed class Served : ITarget
    {
        public List<Arrival> Asked { get; } = [];
        public string Name => "served";

        public Task<TargetIdentity> StartAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
        {
            lock (Asked)
            {
                Asked.Add(arrival);
            }

            sink.Sent();
            sink.Tokens(1);
            sink.Tokens(2);
            sink.Tokens(3);
            return Task.FromResult(new Response { Outcome = Outcome.Completed });
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Ear : IResponseSink
    {
        public List<string> Heard { get; } = [];

        public void Sent() => Heard.Add("sent");

        public void Tokens(int tokens) => Heard.Add($"{tokens}");
    }
}
