using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Public prompt sets against the reference model, and against a server that this project did not write.</summary>
public sealed class RealTrafficTests : IDisposable
{
    private static readonly (string Name, string Path)[] Sets =
    [
        ("bench", "prompts/mt_bench/question.jsonl"),
        ("math", "prompts/gsm8k/test.jsonl"),
        ("naughty", "adversarial/blns/blns.json"),
    ];

    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task PublicPrompts_OnTheModelInProcess_AreAnsweredOrNamedAndTheCanaryStillSings()
    {
        var model = Quoted(Repository.Path("scenarios", "models", "triage-v1"));
        // The canaries come after everything hostile, to the same replicas.
        var file = Scenario($$"""{ type: onnx, model: {{model}}, replicas: 2 }""", canaries: true);

        Assert.Equal(0, await _session.RunAsync(file));

        var seen = AssertEveryArrivalHasItsOutcome();
        Assert.Equal([.. Sets.Select(set => set.Name), "canaries"], seen.Select(one => one.Cohort.Prompts).Distinct().Order(StringComparer.Ordinal).OrderBy(name => name == "canaries"));
        Assert.All(seen, one => Assert.Contains(one.Outcome, (Outcome[])[Outcome.Completed, Outcome.Empty, Outcome.Refused]));
        var canaries = seen.Where(one => one.Cohort.Prompts == "canaries").ToList();
        Assert.All(canaries, one => Assert.Equal(Outcome.Completed, one.Outcome));
        Assert.All(Accuracies(canaries), score => Assert.Equal(1, score));
    }

    [SkippableTheory]
    [InlineData("", Outcome.Completed, Outcome.Completed)]
    [InlineData("--latency 5 --chunk-size 1", Outcome.Completed, Outcome.Completed)]
    [InlineData("--chaos-drop 0.4", Outcome.Completed, Outcome.Failed)]
    [InlineData("--chaos-malformed 0.4", Outcome.Completed, Outcome.Malformed)]
    [InlineData("--chaos-disconnect 0.4", Outcome.Completed, Outcome.Reset)]
    [InlineData("--chaos-ratelimit 0.4", Outcome.Completed, Outcome.Overloaded)]
    public async Task PublicPrompts_OnAForeignServer_AreNamedForWhatHappened(string options, Outcome well, Outcome ill)
    {
        using var mock = await MockServer.StartAsync(_session.Folder, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, await _session.RunAsync(Scenario($$"""{ type: openai, url: "{{mock.Url}}", model: mock }""")));

        var seen = AssertEveryArrivalHasItsOutcome();
        Assert.Equal(Sets.Select(set => set.Name), seen.Select(one => one.Cohort.Prompts).Distinct().Order(StringComparer.Ordinal));
        // 80 requests at 40 %: that either kind is missing has a chance below 1e-17.
        Assert.Equal(new[] { well, ill }.Distinct().Order(), seen.Select(one => one.Outcome).Distinct().Order());
        Assert.All(seen.Where(one => one.Outcome != Outcome.Completed), one => Assert.NotEmpty(one.Reason!));
    }

    [SkippableFact]
    public async Task SameScenario_InProcessAndOverHttp_GivesTheSameAnswers()
    {
        var folder = Repository.Path("scenarios", "models", "triage-v1");
        var server = await ModelServer.StartAsync(new ServerOptions { Model = folder, Replicas = 2 }, TimeProvider.System, default);
        await using var serving = server;
        await using var face = await HttpFace.StartAsync(server, new HttpFaceOptions(), TimeProvider.System, default);
        var file = _session.Folder.File("same.yaml", $$"""
            version: 1
            seed: 11
            targets:
              inside: { type: onnx, model: {{Quoted(folder)}}, replicas: 2 }
              outside: { type: openai, url: "{{face.BaseAddress}}v1", model: triage-v1 }
            prompts: { tickets: {{Quoted(Repository.Path("scenarios", "recorded", "tickets.jsonl"))}} }
            scenarios:
              - name: same
                target: inside
                workload: { open: { arrivals: constant, rate: 20/s } }
                mix: [ { prompts: tickets, maxTokens: 64, stream: [true, false] } ]
                phases: { warmUp: 0s, baseline: 3s }
                objectives: { e2e: 60s }
            """);

        var inside = await AnswersAsync(file);
        var outside = await AnswersAsync(file, "--set", "scenarios.same.target=outside");

        Assert.Equal(60, inside.Count);
        Assert.Equal(inside, outside);
        Assert.Contains(inside, answer => answer.Accuracy == 1);

        async Task<List<(long Arrival, string? Output, double? Accuracy)>> AnswersAsync(string scenario, params string[] more)
        {
            var runs = Path.Combine(_session.Folder.Path, "runs" + more.Length);
            Assert.Equal(0, await _session.CallAsync(["run", scenario, "--out", runs, .. more]));
            using var journal = JournalFile.Open(Directory.EnumerateDirectories(runs, "2*").Single());
            var events = journal.Events().ToList();
            var accuracy = events.OfType<JournalEvent.Score>().Where(score => score.Grader == "accuracy").ToDictionary(score => score.Arrival, score => score.Value);
            return [.. events.OfType<JournalEvent.Observation>().OrderBy(one => one.Arrival).Select(one => ((long)one.Arrival, one.OutputSha256?.ToString(), accuracy[one.Arrival]))];
        }
    }

    private IReadOnlyList<JournalEvent.Observation> AssertEveryArrivalHasItsOutcome()
    {
        var seen = _session.Observations();
        var counts = _session.Summary.Counts;
        Assert.Equal(seen.Count, counts["arrivals"]);
        Assert.Equal(seen.Count, seen.Select(one => one.Arrival).Distinct().Count());
        Assert.Equal(counts["arrivals"], counts.Where(count => count.Key != "arrivals").Sum(count => count.Value));
        return seen;
    }

    private IEnumerable<double?> Accuracies(IReadOnlyList<JournalEvent.Observation> of)
    {
        var arrivals = of.Select(one => one.Arrival).ToHashSet();
        using var journal = JournalFile.Open(_session.RunPath);
        return [.. journal.Events().OfType<JournalEvent.Score>().Where(score => score.Grader == "accuracy" && arrivals.Contains(score.Arrival)).Select(score => score.Value)];
    }

    private string Scenario(string target, bool canaries = false)
    {
        var sets = Sets.Select(set => $"  {set.Name}: {Quoted(DataFolder.Require(set.Path))}");
        var mix = Sets.Select(set => $"{{ prompts: {set.Name}, maxTokens: 16 }}");
        return _session.Folder.File("real.yaml", $$"""
            version: 1
            seed: 7
            targets: { target: {{target}} }
            prompts:
            {{string.Join('\n', sets)}}
              canaries: {{Quoted(Repository.Path("scenarios", "recorded", "canaries.jsonl"))}}
            scenarios:
              - name: real
                workload: { open: { arrivals: constant, rate: 40/s } }
                mix: [ {{string.Join(", ", mix)}}{{(canaries ? ", { prompts: canaries, maxTokens: 64, role: canary }" : "")}} ]
                phases: { warmUp: 0s, baseline: {{(canaries ? "4s" : "2s")}} }
                drain: 60s
                objectives: { e2e: 60s }
            """);
    }

    private static string Quoted(string path) => JsonSerializer.Serialize(path);
}
