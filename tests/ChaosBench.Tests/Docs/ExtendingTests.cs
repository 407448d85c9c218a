using ChaosBench.Chaos;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Chaos.Proxy;
using ChaosBench.Tests.Docs.Examples;
using ChaosBench.Tests.Engine;
using ChaosBench.Tests.Scenarios.Prompts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Docs;

/// <summary>The examples of docs/extending.md do what the page says, and the page shows them as they are.</summary>
public sealed class ExtendingTests
{
    [Theory]
    [InlineData("StreamShout.cs")]
    [InlineData("EchoTarget.cs")]
    [InlineData("GatewayLogFormat.cs")]
    [InlineData("GateTest.cs")]
    public void Page_Example_IsTheFileThatIsTested(string file)
    {
        var code = File.ReadAllText(Repository.Path("tests", "ChaosBench.Tests", "Docs", "Examples", file));
        var shown = code[code.IndexOf("/// <summary>", StringComparison.Ordinal)..].Trim();

        Assert.Contains($"```csharp\n{shown}\n```", File.ReadAllText(Repository.Path("docs", "extending.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_InTheProxy_ShoutsAndSaysWhomItHit()
    {
        await using var endpoint = await ScriptedEndpoint.StartAsync();
        var said = new Announcements();
        await using var proxy = Raw.Proxy(new Uri(endpoint.Url), said);
        using var fault = new StreamShout(new PlannedFault(
            0,
            new Fault { Id = "shout", Kind = StreamShout.Kind.Name, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1), Share = new Share(1), With = new Dictionary<string, string>() },
            0,
            Nanos.PerSecond));
        proxy.Set(fault, null);

        var hit = await AskAsync(proxy.BaseAddress);
        proxy.Clear(fault);
        var spared = await AskAsync(proxy.BaseAddress);

        Assert.Contains("DATA: ", hit, StringComparison.Ordinal);
        Assert.Contains("data: ", spared, StringComparison.Ordinal);
        Assert.Equal(["r1"], said.KeysOf(fault.Planned, UnitEvent.Applied));
    }

    [Fact]
    public async Task Target_InTheEngine_IsMeasuredLikeAnyOther()
    {
        await using var target = new EchoTarget();
        var journal = new MemoryJournal();

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Plans.Open(Enumerable.Range(0, 20).Select(i => i * 1_000_000L), TimeSpan.FromMilliseconds(20)),
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = journal,
        });

        Assert.Equal(20, outcome.Counts.Completed);
        Assert.All(journal.Observations, seen => Assert.Equal(2, seen.OutputTokens));
    }

    [Fact]
    public void Importer_ItsFile_IsRecognisedAndReadAndWhatIsNoRowIsSkipped()
    {
        var format = new GatewayLogFormat();
        var options = new TraceOptions
        {
            Files = new MemoryFiles().With("log.csv", "when,tokens_in,tokens_out\n2026-05-12 00:00:20+00:00,10,2\n2026-05-12 00:00:21.5+00:00,x,3\n2026-05-12 00:00:22+00:00,11,3\n"), Seed = 1,
        };
        using var file = ChaosBench.Scenarios.Traces.Reading.TraceFile.Open(options.Files, "log.csv");

        Assert.True(format.Recognises(file.Head));
        var items = format.Read(file, options).ToList();
        Assert.Equal([10, 11], items.OfType<TraceItem.Row>().Select(row => row.Record.InputTokens!.Value));
        Assert.Equal(3, Assert.Single(items.OfType<TraceItem.Skipped>()).Line);
    }

    private static async Task<string> AskAsync(Uri proxy)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(proxy, "v1/chat/completions")) { Content = new StringContent("{\"stream\":true}") };
        request.Headers.Add("x-request-id", "r1");
        using var reply = await client.SendAsync(request);
        return await reply.Content.ReadAsStringAsync();
    }
}
