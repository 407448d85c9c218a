using System.Text;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Server.Versions;

namespace ChaosBench.Tests.Server.Versions;

/// <summary>Two fake models behind one address: the stable one says "old", the canary "new". Both are named fake.</summary>
internal sealed class TwoVersions : IAsyncDisposable
{
    private static readonly HttpClient Client = new() { Timeout = FakeModel.Patience };

    private TwoVersions(ModelServer stable, ModelServer canary, VersionSet versions, HttpFace face)
    {
        Stable = stable;
        Canary = canary;
        Versions = versions;
        Face = face;
    }

    public FakeModel StableModel { get; private init; } = null!;

    public FakeModel CanaryModel { get; private init; } = null!;

    public ModelServer Stable { get; }

    public ModelServer Canary { get; }

    public VersionSet Versions { get; }

    public HttpFace Face { get; }

    public static async Task<TwoVersions> StartAsync(string split)
    {
        var (old, young) = (new FakeModel { Script = ["old"] }, new FakeModel { Script = ["new"] });
        var (stable, canary) = (await old.ServeAsync(), await young.ServeAsync());
        var versions = VersionSet.Canary(ServedVersion.Of(stable), ServedVersion.Of(canary), TrafficSplit.Parse(split)!);
        var face = await HttpFace.StartAsync(versions, new HttpFaceOptions(), TimeProvider.System, default);
        return new TwoVersions(stable, canary, versions, face) { StableModel = old, CanaryModel = young };
    }

    public Task<string> MetricsAsync() => GetAsync("metrics");

    public Task<string> GetAsync(string path) => Client.GetStringAsync(new Uri(Face.BaseAddress, path));

    /// <param name="fields">Of the body, beside the message.</param>
    public async Task<HttpResponseMessage> ChatAsync(string fields = "", string? session = null)
    {
        var more = fields.Length > 0 ? fields + ", " : "";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Face.BaseAddress, "v1/chat/completions"))
        {
            Content = new StringContent(
                $$"""{ {{more}} "messages": [{"role": "user", "content": "hello"}]}""", Encoding.UTF8, "application/json"),
        };
        if (session is not null)
        {
            request.Headers.Add("X-Session-Id", session);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The version that answered, by its header.</summary>
    public async Task<string> VersionAsync(string fields = "", string? session = null)
    {
        using var reply = await ChatAsync(fields, session);
        return reply.Headers.GetValues("x-chaosbench-version").Single();
    }

    public async ValueTask DisposeAsync()
    {
        await Face.DisposeAsync();
        await Stable.DisposeAsync();
        await Canary.DisposeAsync();
    }
}
