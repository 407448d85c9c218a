using System.Text;
using ChaosBench.Chaos;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Ui;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine;
using Plans = ChaosBench.Tests.Scenarios.Planning.Plans;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>Two models asked by hand: what is sent, what is said of the answers, and what can be kept.</summary>
public sealed class TryDeskTests
{
    private const string Prompt = "please change the delivery address of my order before it leaves";

    [Fact]
    public async Task Answer_TwoModels_AreAskedTheSameAndHeldSideBySide()
    {
        var asked = new List<Arrival>();
        await using var models = Models(Saying("the parcel is late", asked), Saying("the parcel is here", asked));
        using var desk = new TryDesk(models, TimeProvider.System);

        var said = await desk.AnswerAsync(new TryAsk { Prompt = Prompt, Typos = 0.4, Noise = 0.2, Temperature = 0.7, MaxTokens = 9, Seed = 5 }, default);

        Assert.Equal(2, asked.Count);
        Assert.Equal(asked[0].Prompt.Messages, asked[1].Prompt.Messages);
        Assert.All(asked, one => Assert.Equal((0.7, 9), (one.Sampling.Temperature, one.Sampling.MaxTokens)));
        Assert.Equal(["input.typos", "input.case_space"], asked[0].InputFaults);
        Assert.True(said.Changed);
        Assert.NotEqual(Prompt, said.Prompt);
        Assert.Equal("the parcel is late", said.Candidate.Text);
        Assert.False(said.Likeness!.Same);
        Assert.Equal(1 - (3 / 18.0), said.Likeness.Characters!.Value, 6);
        Assert.InRange(said.Likeness.Spelling!.Value, 0.3, 0.95);
    }

    [Fact]
    public async Task Answer_SameSliders_SameDamageAndAnotherSeedAnother()
    {
        await using var models = Models(Saying("ok", []), null);
        using var desk = new TryDesk(models, TimeProvider.System);
        var ask = new TryAsk { Prompt = Prompt, Typos = 0.5, Seed = 5 };

        var (once, again, other) = (await desk.AnswerAsync(ask, default), await desk.AnswerAsync(ask, default), await desk.AnswerAsync(ask with { Seed = 6 }, default));

        Assert.Equal(once.Prompt, again.Prompt);
        Assert.NotEqual(once.Prompt, other.Prompt);
        Assert.Equal(Prompt, (await desk.AnswerAsync(ask with { Typos = 0 }, default)).Prompt);
        Assert.Null(once.Baseline);
        Assert.Null(once.Likeness);
    }

    [Fact]
    public async Task Answer_QuestionGivenUp_StopsTheWork()
    {
        var gone = new TaskCompletionSource();
        await using var models = Models(new Endless(gone), null);
        using var desk = new TryDesk(models, TimeProvider.System);
        using var page = new CancellationTokenSource();

        var answer = desk.AnswerAsync(new TryAsk { Prompt = Prompt }, page.Token);
        await page.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(Support.Eventually.Patience));
        await gone.Task.WaitAsync(Support.Eventually.Patience);
    }

    [Fact]
    public async Task Answer_TargetFails_IsAnAnswerToo()
    {
        await using var models = Models(new ScriptedTarget(TimeProvider.System, _ => new Script { TokenGaps = [], Response = new() { Outcome = Outcome.Overloaded, Status = 503, Reason = "busy\u001b[31m" } }), Saying("ok", []));
        using var desk = new TryDesk(models, TimeProvider.System);

        var said = await desk.AnswerAsync(new TryAsk { Prompt = Prompt }, default);

        Assert.Equal(Outcome.Overloaded, said.Candidate.Outcome);
        Assert.Equal("busy<U+001B>[31m", said.Candidate.Reason);
        Assert.Null(said.Candidate.Ttft);
    }

    [Theory]
    [InlineData("", 0, "input.bidi", 0, 64)]
    [InlineData("x", -0.1, "input.bidi", 0, 64)]
    [InlineData("x", double.NaN, "input.bidi", 0, 64)]
    [InlineData("x", 0, "node.kill", 0, 64)]
    [InlineData("x", 0, "input.bidi", 2.1, 64)]
    [InlineData("x", 0, "input.bidi", 0, 0)]
    [InlineData("x", 0, "input.bidi", 0, 513)]
    public void Problem_SlidersBeyondTheirEnds_AreNamed(string prompt, double typos, string kind, double temperature, int tokens) =>
        Assert.NotNull(new TryAsk { Prompt = prompt, Typos = typos, NoiseKind = kind, Temperature = temperature, MaxTokens = tokens }.Problem());

    [Fact]
    public async Task Answer_EveryNoise_ChangesThePromptAndMakesAScenarioThatReads()
    {
        await using var models = Models(Saying("ok", []), Saying("ok", []));
        using var desk = new TryDesk(models, TimeProvider.System);
        foreach (var noise in TryAsk.Noises)
        {
            var said = await desk.AnswerAsync(new TryAsk { Prompt = Prompt, Typos = 0.125, Noise = 0.3, NoiseKind = noise }, default);

            Assert.NotEqual(Prompt, said.Prompt);
            Assert.Equal([], Problems(said.Snippet));
            Assert.Contains(noise, said.Snippet.Yaml, StringComparison.Ordinal);
            Assert.Contains("fraction: 12.5%", said.Snippet.Yaml, StringComparison.Ordinal);
        }
    }

    /// <summary>The snippet put into a file where it says that it belongs.</summary>
    private static IEnumerable<string> Problems(TrySnippet snippet)
    {
        var lines = snippet.Yaml.Split('\n').Where(line => !line.StartsWith('#')).ToList();
        var text = $"version: 1\ntargets:\n  stable: {{ type: onnx, model: m }}\n  candidate: {{ type: onnx, model: m }}\nprompts:\n{lines[0]}\nscenarios:\n"
            + string.Join('\n', lines.Skip(1)).Replace("phases: { baseline: 20s }", "phases: { baseline: 20s, fault: 10s }", StringComparison.Ordinal) + "\n";
        return ScenarioReader.Read("found.yaml", Encoding.UTF8.GetBytes(text), new ReadOptions { Faults = FaultCatalogue.All }).Problems.Select(problem => problem.ToString());
    }

    private static TryModels Models(ITarget candidate, ITarget? baseline)
    {
        var scenario = Plans.Scenario();
        return TryModels.Of(
            Plans.Create(scenario with
            {
                Candidate = scenario.Candidate with { Name = "candidate" }, Baseline = baseline is null ? null : scenario.Candidate with { Name = "stable" },
            }), "ab.yaml", candidate, baseline);
    }

    private static ScriptedTarget Saying(string text, List<Arrival> asked) => new(TimeProvider.System, arrival =>
    {
        lock (asked)
        {
            asked.Add(arrival);
        }

        return new Script { TokenGaps = [], Response = new() { Outcome = Outcome.Completed, Text = text } };
    });

    /// <summary>Answers only that it was cancelled.</summary>
    private sealed class Endless(TaskCompletionSource gone) : ITarget
    {
        public string Name => "endless";

        public Task<TargetIdentity> StartAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            gone.TrySetResult();
            return new Response { Outcome = Outcome.Cancelled };
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
