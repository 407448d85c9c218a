using System.Text.Json;
using ChaosBench.Server.Versions;

namespace ChaosBench.Tests.Server.Versions;

public sealed class VersionSetTests : IAsyncLifetime
{
    private const int Sessions = 20_000;

    private TwoVersions _two = null!;

    public async Task InitializeAsync() => _two = await TwoVersions.StartAsync("95/5");

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Theory]
    [InlineData("95/5")]
    [InlineData("50/50")]
    [InlineData("99.9/0.1")]
    public void Choose_ManySessions_HitsTheShare(string split)
    {
        _two.Versions.ChangeSplit(TrafficSplit.Parse(split)!);
        var share = (double)_two.Versions.Split!.Canary / 100;

        var canaries = Enumerable.Range(0, Sessions).Count(session => Canary($"req-{session:x8}"));

        // Five standard deviations of a binomial count.
        Assert.InRange(Math.Abs(canaries - (Sessions * share)), 0, 5 * Math.Sqrt(Sessions * share * (1 - share)));
    }

    [Theory]
    [InlineData("100/0", 0)]
    [InlineData("0/100", Sessions)]
    public void Choose_AtTheEnds_HasNoExceptions(string split, int canaries)
    {
        _two.Versions.ChangeSplit(TrafficSplit.Parse(split)!);

        Assert.Equal(canaries, Enumerable.Range(0, Sessions).Count(session => Canary($"{session}")));
    }

    [Fact]
    public void Choose_WhenTheShareGrows_KeepsTheSessionsOfTheCanary()
    {
        var at5 = Enumerable.Range(0, Sessions).Where(session => Canary($"{session}")).ToHashSet();
        _two.Versions.ChangeSplit(TrafficSplit.Parse("80/20")!);

        var at20 = Enumerable.Range(0, Sessions).Where(session => Canary($"{session}")).ToHashSet();

        Assert.NotEmpty(at5);
        Assert.True(at5.IsProperSubsetOf(at20));
    }

    [Fact]
    public async Task Session_StaysOnItsVersion_ByHeaderBeforeUserBeforeRequest()
    {
        var (onCanary, onStable) = (SessionOn("canary"), SessionOn("stable"));

        for (var time = 0; time < 5; time++)
        {
            Assert.Equal("canary", await _two.VersionAsync(session: onCanary));
            Assert.Equal("canary", await _two.VersionAsync($"\"user\": \"{onCanary}\""));
            Assert.Equal("stable", await _two.VersionAsync($"\"user\": \"{onCanary}\"", session: onStable));
        }
    }

    [Fact]
    public async Task Reply_NamesTheVersionThatAnswered()
    {
        using var reply = await _two.ChatAsync("\"model\": \"default\"", SessionOn("canary"));
        var body = JsonSerializer.Deserialize<JsonElement>(await reply.Content.ReadAsStringAsync());

        Assert.Equal("canary", reply.Headers.GetValues("x-chaosbench-version").Single());
        Assert.Equal("fake-canary", body.GetProperty("model").GetString());
        Assert.Equal("fp_00", body.GetProperty("system_fingerprint").GetString());
        Assert.Equal("new", body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("fake", "stable")]
    [InlineData("fake-canary", "canary")]
    public async Task ModelId_OfAVersion_GetsThatVersionWhateverTheSplit(string model, string expected)
    {
        foreach (var split in (string[])["100/0", "0/100"])
        {
            _two.Versions.ChangeSplit(TrafficSplit.Parse(split)!);
            Assert.Equal(expected, await _two.VersionAsync($"\"model\": \"{model}\""));
        }
    }

    [Theory]
    [InlineData("\"model\": \"default\"")]
    [InlineData("\"model\": \"anything\"")]
    [InlineData("")]
    public async Task ModelId_OfNoVersion_IsSplit(string fields)
    {
        Assert.Equal("canary", await _two.VersionAsync(fields, SessionOn("canary")));
        Assert.Equal("stable", await _two.VersionAsync(fields, SessionOn("stable")));
    }

    [Fact]
    public async Task FlipBack_NextRequestsAreStable_TheRunningStreamEndsOnItsVersion()
    {
        _two.CanaryModel.Script = null;
        var session = SessionOn("canary");
        var posting = _two.ChatAsync("\"stream\": true", session);
        var call = await _two.CanaryModel.NextCallAsync();
        call.Token("begun ");

        _two.Versions.ChangeSplit(TrafficSplit.Parse("100/0")!);
        Assert.Equal("stable", await _two.VersionAsync(session: session));
        call.Token("and ended");
        call.Complete();

        using var reply = await posting;
        var text = await reply.Content.ReadAsStringAsync();
        Assert.Equal("canary", reply.Headers.GetValues("x-chaosbench-version").Single());
        Assert.Contains("begun ", text, StringComparison.Ordinal);
        Assert.Contains("and ended", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CanaryWithoutReplicas_FailsItsShareAlone_AndTheFaceStaysReady()
    {
        await _two.Canary.KillReplicaAsync(0, default);
        await _two.Canary.KillReplicaAsync(1, default);

        using var lost = await _two.ChatAsync(session: SessionOn("canary"));
        using var served = await _two.ChatAsync(session: SessionOn("stable"));

        Assert.Equal(503, (int)lost.StatusCode);
        Assert.Equal("canary", lost.Headers.GetValues("x-chaosbench-version").Single());
        Assert.Equal(200, (int)served.StatusCode);
        Assert.Equal("ready stable 2/2 canary 0/2\n", await _two.GetAsync("health/ready"));
    }

    [Fact]
    public async Task Metrics_AreByVersion()
    {
        for (var count = 0; count < 3; count++)
        {
            await _two.VersionAsync("\"model\": \"fake-canary\"");
        }

        await _two.VersionAsync("\"model\": \"fake\"");
        var page = await _two.MetricsAsync();

        Assert.Contains("vllm:generation_tokens_total{model_name=\"fake-canary\",version=\"canary\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("vllm:generation_tokens_total{model_name=\"fake\",version=\"stable\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("chaosbench_http_requests_total{status=\"200\",version=\"canary\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("chaosbench_traffic_share{version=\"canary\"} 0.05\n", page, StringComparison.Ordinal);
        Assert.Contains("chaosbench_replica_in_rotation{replica=\"1\",version=\"canary\"} 1\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_ListTheSplitNameThenTheVersions()
    {
        var list = JsonSerializer.Deserialize<JsonElement>(await _two.GetAsync("v1/models")).GetProperty("data").EnumerateArray().ToList();

        Assert.Equal(["default", "fake", "fake-canary"], list.Select(model => model.GetProperty("id").GetString()));
        Assert.Equal(5, list[2].GetProperty("traffic_percent").GetDecimal());
        Assert.Contains("\"fake-canary\"", await _two.GetAsync("v1/models/fake-canary"), StringComparison.Ordinal);
    }

    [Fact]
    public void Canary_SplitNameThatIsAVersions_IsRefused() => Assert.Throws<ArgumentException>(() => VersionSet.Canary(
        ServedVersion.Of(_two.Stable), ServedVersion.Of(_two.Canary), TrafficSplit.Parse("95/5")!, "fake-canary"));

    [Fact]
    public void ChangeSplit_OfOneVersion_IsABug() => Assert.Throws<InvalidOperationException>(() =>
        VersionSet.Single(ServedVersion.Of(_two.Stable)).ChangeSplit(TrafficSplit.Parse("95/5")!));

    private bool Canary(string session) => _two.Versions.Choose(null, session, _ => true).Label == "canary";

    private string SessionOn(string label) => Enumerable.Range(0, Sessions).Select(session => $"session-{session}")
        .First(session => _two.Versions.Choose(null, session, _ => true).Label == label);
}
