using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Tests.Scenarios.Files;

/// <summary>What may stand under <c>open:</c>, and what is said about what may not.</summary>
public sealed class ArrivalKeysTests
{
    private const string Head = """
        version: 1
        targets: { mine: { type: onnx, model: models/triage } }
        prompts:
          tickets: recorded/tickets.jsonl
          chat: { trace: chat.jsonl, format: mooncake, unit: ms, from: 10s, for: 1m, sessions: 25%, lengths: 2%, blockTokens: 256 }
          grouped: { prefixed: tickets, groups: 4 }
        scenarios:
        """;

    [Theory]
    [InlineData("{ arrivals: gamma, cv: 2, rate: 20/s }", "gamma", 0.25)]
    [InlineData("{ arrivals: weibull, cv: 1, rate: 20/s }", "weibull", 1.0)]
    [InlineData("{ spike: { base: 0/s, peak: 100/s, at: 20s, for: 5s } }", "poisson", null)]
    [InlineData("{ arrivals: constant, sine: { mean: 20/s, amplitude: 15/s, period: 60s } }", "constant", null)]
    [InlineData("{ ramp: { to: 80/s } }", "poisson", null)]
    [InlineData("{ step: { from: 10/s, to: 40/s, at: 20s } }", "poisson", null)]
    public void Read_Shapes_AreTheirProcess(string open, string law, double? shape)
    {
        var shaped = Assert.IsType<ArrivalProcess.Shaped>(Read(open));

        Assert.Equal((law, shape), shaped.Gaps switch
        {
            GapLaw.Equal => ("constant", null),
            GapLaw.Gamma gamma => ("gamma", Math.Round(gamma.Shape, 9)),
            GapLaw.Weibull weibull => ("weibull", Math.Round(weibull.Shape, 9)),
            _ => ("poisson", (double?)null),
        });
    }

    [Fact]
    public void Read_Stages_GoOnFromTheRateBefore() => Assert.Equal(
        [new(Seconds(10), new Rate(10), new Rate(10)), new(Seconds(20), new Rate(10), new Rate(40)), new(Seconds(5), new Rate(0), new Rate(0))],
        Assert.IsType<RateProfile.Stages>(Assert.IsType<ArrivalProcess.Shaped>(
            Read("{ stages: [{ for: 10s, rate: 10/s }, { for: 20s, to: 40/s }, { for: 5s, rate: 0/s }] }")).Profile).Each);

    [Fact]
    public void Read_Clients_AreCounted()
    {
        var clients = Assert.IsType<ArrivalProcess.Clients>(Read("{ clients: [{ rate: 2/s, count: 10 }, { arrivals: gamma, cv: 4, rate: 5/s }] }"));

        Assert.Equal(11, clients.Each.Count);
        Assert.Equal(new RateProfile.Flat(new Rate(5)), clients.Each[10].Profile);
    }

    [Fact]
    public void Read_Replay_NeedsNoMixAndKnowsItsWindow()
    {
        var scenario = Assert.Single(Some.Suite($"{Head}\n  - workload: {{ open: {{ replay: chat, speed: 10 }} }}\n").Scenarios);
        var replay = Assert.IsType<ArrivalProcess.Replay>(Assert.IsType<Workload.Open>(scenario.Workload).Arrivals);

        Assert.Equal(10, replay.Speed);
        Assert.Same(replay.Trace, Assert.Single(scenario.Mix).Prompts);
        Assert.Equal(
            ("mooncake", TimeUnit.Milliseconds, Seconds(10), Seconds(60), 0.25, 0.02, 256),
            (replay.Trace.Format!, replay.Trace.Unit!.Value, replay.Trace.From, replay.Trace.For!.Value, replay.Trace.Sessions.Value, replay.Trace.Lengths.Value, replay.Trace.BlockTokens!.Value));
    }

    [Theory]
    [InlineData("{ arrivals: gamma, rate: 20/s }", "gamma arrivals have no cv; add cv: 2.5")]
    [InlineData("{ cv: 2, rate: 20/s }", "cv means nothing to poisson arrivals; write arrivals: gamma or arrivals: weibull")]
    [InlineData("{ rate: 20/s, ramp: { to: 5/s } }", "ramp: beside rate:; keep one of rate, ramp, step, spike, sine or stages")]
    [InlineData("{ sine: { mean: 5/s, amplitude: 6/s, period: 1s } }", "an amplitude of 6/s around a mean of 5/s: the rate would fall below nothing; write at most 5/s")]
    [InlineData("{ stages: [{ for: 5s }] }", "a stage without a rate; write rate: to hold one, or to: to reach one")]
    [InlineData("{ stages: [{ for: 5s, rate: 1/s, to: 2/s }] }", "a stage with rate: and to:; write rate: to hold one, or to: to reach one")]
    [InlineData("{ stages: [] }", "0 stages; write 1 to 1000")]
    [InlineData("{ replay: tickets }", "the prompt set 'tickets' is no trace; name one that has trace:")]
    [InlineData("{ replay: chat, rate: 5/s }", "rate: beside replay:; a replay has the trace's own instants: keep one of them")]
    [InlineData("{ replay: chat, speed: 0 }", "'0' is not a number from 0.001 to 100000")]
    [InlineData("{ rate: 5/s, speed: 2 }", "speed means nothing without a replay")]
    [InlineData("{ clients: [{ rate: 5/s }], cv: 2 }", "cv: beside clients:; each client has its own: move it there")]
    [InlineData("{ arrivals: gama, cv: 2, rate: 5/s }", "'gama' is not an arrival process; did you mean 'gamma'?")]
    [InlineData("{ spike: { base: 5/s, peak: 0/s, at: 1s, for: 1s } }", "'0/s' is outside the rates that can be planned")]
    public void Read_WrongWorkload_NamesTheRemedy(string open, string message) => Assert.Contains(
        Some.Problems($"{Head}\n  - {{ workload: {{ open: {open} }}, mix: [{{ prompts: grouped }}] }}\n"),
        problem => problem.Contains(message, StringComparison.Ordinal) && problem.StartsWith("suite.yaml:8:", StringComparison.Ordinal));

    [Fact]
    public void Read_BatchInAReplay_IsRefused() => Assert.Contains("a batch in a replay: each of its instants is one recorded request; remove batch:", Assert.Single(
        Some.Problems($"{Head}\n  - {{ workload: {{ open: {{ replay: chat }} }}, mix: [{{ prompts: chat, batch: 4 }}] }}\n")), StringComparison.Ordinal);

    private static ArrivalProcess Read(string open) => Assert.IsType<Workload.Open>(Assert.Single(Some.Suite(
        $"{Head}\n  - {{ workload: {{ open: {open} }}, mix: [{{ prompts: grouped }}] }}\n").Scenarios).Workload).Arrivals;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
