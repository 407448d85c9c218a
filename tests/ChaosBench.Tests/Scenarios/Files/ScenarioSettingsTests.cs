using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class ScenarioSettingsTests
{
    [Fact]
    public void Of_SmallestFile_ShowsEveryDefault() => Assert.Equal(
        """
        {"name":"scenario-1","description":null,"candidate":{"name":"candidate","type":"onnx","model":"models/triage","replicas":2,"device":"auto","isolation":"task","maxBatch":16,"queueLimit":256,"contextStore":{"latency":0.001,"timeout":0.25,"fallback":true},"guardrails":{"characters":1048576,"surrogates":"sanitise","controls":"sanitise","invisible":"allow","injection":"allow"},"requestTimeout":60},"baseline":null,"workload":{"open":{"arrivals":"poisson","rate":20}},"mix":[{"prompts":{"name":"tickets","recorded":"recorded/tickets.jsonl","format":null,"limit":null},"weight":1,"temperature":[0],"maxTokens":[64],"stream":[true],"batch":[1],"role":"traffic","grade":null,"assertRows":false,"assert":[]}],"phases":{"warmUp":2,"baseline":10,"fault":0,"recovery":0},"faults":[],"detections":[],"objectives":{"ttft":null,"e2e":null,"tpot":null},"steadyState":[],"abort":[],"gates":[{"kind":"gate","text":"p99 ttft < 800ms"}],"golden":null,"reference":null,"prices":null,"judge":null,"drain":30}
        """.Trim(),
        ScenarioSettings.Of(Some.Suite(Some.Smallest).Scenarios[0]).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    [Fact]
    public void Of_SameFile_SameBytes() => Assert.Equal(
        ScenarioSettings.Of(Some.Suite(ScenarioReaderTests.Full).Scenarios[0]).ToJsonString(),
        ScenarioSettings.Of(Some.Suite(ScenarioReaderTests.Full).Scenarios[0]).ToJsonString());

    /// <summary>One home for each closed set: a new case without its line here and in the writer fails.</summary>
    [Fact]
    public void Of_EveryCaseOfTheClosedSets_IsWritten()
    {
        Target[] targets = [new Target.Onnx { Name = "a", Model = "m" }, new Target.OpenAi { Name = "b", Url = new("http://x"), Model = new("m") }];
        var trace = new PromptSet.Traced { Name = "d", Path = "p" };
        PromptSet[] sets =
        [
            new PromptSet.Recorded { Name = "a", Path = "p" }, new PromptSet.Adversarial { Name = "b", Mutators = ["unicode"] },
            new PromptSet.Generated { Name = "c", Kind = "support-ticket", Locales = ["en"] },
            trace, new PromptSet.Prefixed { Name = "e", From = trace, Groups = 2, Tokens = 5 },
            new PromptSet.Counterfactual { Name = "f", From = trace, Swaps = [new("gender", ["male", "female"], [["he", "she"]])] },
        ];
        var second = TimeSpan.FromSeconds(1);
        RateProfile[] profiles =
        [
            new RateProfile.Flat(new(1)), new RateProfile.Ramp(new(1), new(2)), new RateProfile.Step(new(1), new(2), second),
            new RateProfile.Spike(new(1), new(2), second, second), new RateProfile.Sine(new(1), new(1), second),
            new RateProfile.Stages([new(second, new(1), new(2))]),
        ];
        GapLaw[] laws = [GapLaw.Even, GapLaw.Exponential, GapLaw.OfGamma(2), GapLaw.OfWeibull(2), GapLaw.Even, GapLaw.Even];
        Workload[] workloads =
        [
            new Workload.Open(new ArrivalProcess.Constant(new(1))), new Workload.Open(new ArrivalProcess.Poisson(new(1))),
            new Workload.Open(new ArrivalProcess.Ramp(new(1), new(2))), new Workload.Closed(2, TimeSpan.Zero),
            .. profiles.Zip(laws).Select(pair => new Workload.Open(new ArrivalProcess.Shaped(pair.First, pair.Second))),
            new Workload.Open(new ArrivalProcess.Clients([new(profiles[0], laws[0])])), new Workload.Open(new ArrivalProcess.Replay(trace, 2)),
        ];

        Assert.All(targets, target => Assert.NotEmpty(ScenarioSettings.Of(target)));
        Assert.All(sets, set => Assert.NotEmpty(ScenarioSettings.Of(set)));
        Assert.All(workloads, workload => Assert.NotEmpty(ScenarioSettings.Of(workload)));
        AssertAll<RateProfile>(profiles);
        AssertAll<GapLaw>(laws);
        AssertAll<Target>(targets);
        AssertAll<PromptSet>(sets);
        AssertAll<Workload>(workloads);
        AssertAll<ArrivalProcess>(workloads.OfType<Workload.Open>().Select(open => open.Arrivals));
    }

    private static void AssertAll<T>(IEnumerable<T> cases)
        where T : notnull => Assert.Equal(
        typeof(T).GetNestedTypes().Where(type => type.IsAssignableTo(typeof(T))).OrderBy(type => type.Name),
        cases.Select(one => one.GetType()).Distinct().OrderBy(type => type.Name));
}
