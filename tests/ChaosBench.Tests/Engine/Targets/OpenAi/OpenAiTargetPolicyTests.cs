using System.Security.Cryptography.X509Certificates;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Budget, Retry-After, TLS, identity and secrets.</summary>
public abstract class OpenAiTargetPolicyTests(HttpTransport transport)
{
    private const string Whole = "{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":60,\"completion_tokens\":40}}";

    private static readonly string[] Models = ["m", "other"];

    public static TheoryData<Budget, int, string> Budgets => new()
    {
        { new Budget(Requests: 2), 2, "budget: 2 requests are sent" },
        { new Budget(Tokens: 250), 3, "budget: 300 of 250 tokens are spent" },
        { new Budget(Cost: 0.02, InputPrice: 100, OutputPrice: 100), 2, "budget: 0.02 of 0.02 is spent" },
    };

    [Theory]
    [MemberData(nameof(Budgets))]
    public async Task SendAsync_BudgetReached_SendsNothingMore(Budget budget, int sent, string reason)
    {
        await using var server = new ScriptedServer(Answer.Json(200, Whole));
        await using var target = new OpenAiTarget(Settings(server.Url) with { Budget = budget });
        for (var at = 0; at < sent; at++)
        {
            Assert.Equal(Outcome.Completed, (await Ask.OnceAsync(target, Plans.Arrival(at, 0, stream: false))).Response.Outcome);
        }

        var (response, instants) = await Ask.OnceAsync(target, Plans.Arrival(sent, 0, stream: false));

        Assert.Equal((Outcome.NotSent, reason), (response.Outcome, response.Reason));
        Assert.Null(instants.Sent);
        Assert.Equal(sent, server.Requests.Count);
    }

    [Theory]
    [InlineData("Retry-After: 7\r\n", 7.0)]
    [InlineData("Retry-After: Thu, 01 Jan 2026 00:00:30 GMT\r\n", 30.0)]
    [InlineData("Retry-After: Thu, 01 Jan 2015 00:00:30 GMT\r\n", 0.0)]
    [InlineData("Retry-After: soon\r\n", null)]
    [InlineData("", null)]
    public async Task SendAsync_RetryAfter_IsRecorded(string header, double? seconds)
    {
        await using var server = new ScriptedServer(Answer.Json(429, "{}", header));

        var (response, _) = await Ask.OnceAsync(Settings(server.Url) with { Time = new FakeTime() });

        Assert.Equal((Outcome.Overloaded, seconds), (response.Outcome, response.RetryAfterSeconds));
    }

    [Fact]
    public async Task SendAsync_HonoredRetryAfter_HoldsBackUntilItIsOver()
    {
        var time = new FakeTime();
        await using var server = new ScriptedServer(Answer.Json(429, "{}", "Retry-After: 7\r\n"));
        await using var target = new OpenAiTarget(Settings(server.Url) with { Time = time, RetryAfter = RetryAfterPolicy.Honor });
        await Ask.OnceAsync(target);

        var second = Ask.OnceAsync(target);
        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Single(server.Requests);
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(Outcome.Overloaded, (await second).Response.Outcome);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task SendAsync_StoppedWhileHeldBack_IsNotSent()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new ScriptedServer(Answer.Json(429, "{}", "Retry-After: 7\r\n"));
        await using var target = new OpenAiTarget(Settings(server.Url) with { Time = new FakeTime(), RetryAfter = RetryAfterPolicy.Honor });
        await Ask.OnceAsync(target);

        var second = Ask.OnceAsync(target, null, stop.Token);
        await stop.CancelAsync();

        Assert.Equal(Outcome.NotSent, (await second).Response.Outcome);
    }

    [Fact]
    public async Task SendAsync_UntrustedCertificate_IsTlsError()
    {
        using var certificate = Certificates.SelfSigned();
        await using var server = new ScriptedServer(_ => Answer.Json(200, Whole), certificate);

        var (response, _) = await Ask.OnceAsync(Settings(server.Url));

        Assert.Equal(Outcome.TlsError, response.Outcome);
    }

    [Fact]
    public async Task SendAsync_OwnAuthorityAndClientCertificate_AreUsed()
    {
        using var folder = new TemporaryFolder();
        using var certificate = Certificates.SelfSigned();
        var ca = folder.Write("ca.pem", certificate.ExportCertificatePem());
        var key = folder.Write("key.pem", certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using var server = new ScriptedServer(_ => Answer.Json(200, Whole), certificate);

        var (response, _) = await Ask.OnceAsync(
            Settings(server.Url) with { CaCertificate = ca, ClientCertificate = ca, ClientKey = key }, Plans.Arrival(0, 0, stream: false));

        Assert.True(response.Outcome == Outcome.Completed, response.Reason);
        Assert.Equal("CN=127.0.0.1", server.ClientCertificate);
    }

    [Theory]
    [InlineData("absent.pem", null)]
    [InlineData("junk.pem", "no certificate in here")]
    public async Task Constructor_CaThatCannotBeRead_NamesTheFile(string name, string? text)
    {
        using var folder = new TemporaryFolder();
        var file = text is null ? Path.Combine(folder.Path, name) : folder.Write(name, text);

        var problem = await Assert.ThrowsAsync<TargetUnavailableException>(
            () => Ask.OnceAsync(Settings(new Uri("https://127.0.0.1:1/v1")) with { CaCertificate = file }));

        Assert.Contains(file, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_Endpoint_TellsServerAndModels()
    {
        await using var server = new ScriptedServer(
            Answer.Json(200, "{\"object\":\"list\",\"data\":[{\"id\":\"m\"},{\"id\":\"other\"}]}", "Server: acme/1\r\n"));
        var url = new UriBuilder(server.Url) { UserName = "joe", Password = "hunter22", Query = "?token=tttt" }.Uri;
        await using var target = new OpenAiTarget(Settings(url));

        var identity = await target.StartAsync(default);

        Assert.Equal(server.Url.ToString(), identity.Location);
        Assert.Equal(("acme/1", string.Join(", ", Models), "yes"), (identity.Facts["server"], identity.Facts["models"], identity.Facts["model listed"]));
        Assert.Equal("Basic am9lOmh1bnRlcjIy", Assert.Single(server.Requests).Header("Authorization"));
    }

    [Fact]
    public async Task StartAsync_NoListOfModels_IsAFactNotAFailure()
    {
        await using var server = new ScriptedServer(Answer.Json(404, "{}"));
        await using var target = new OpenAiTarget(Settings(server.Url));

        Assert.Equal("not listed (HTTP 404)", (await target.StartAsync(default)).Facts["models"]);
    }

    [Fact]
    public async Task StartAsync_NobodyListens_SaysWhereAndWhatToCheck()
    {
        var url = OpenAiTargetTests.ClosedPort();
        await using var target = new OpenAiTarget(Settings(url));

        var problem = await Assert.ThrowsAsync<TargetUnavailableException>(() => target.StartAsync(default));

        Assert.StartsWith($"target 't' at {url}: no connection: ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("is it running, and is the URL right?", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_ServerEchoesTheKey_FactsDoNot()
    {
        await using var server = new ScriptedServer(r => Answer.Json(404, "{}", $"Server: {r.Header("Authorization")}\r\n"));
        await using var target = new OpenAiTarget(Settings(server.Url) with { ApiKey = "sk-very-secret" });

        var identity = await target.StartAsync(default);

        Assert.Equal("Bearer ***", identity.Facts["server"]);
    }

    [Fact]
    public void Scrub_TextWithSecrets_HidesThem()
    {
        var secrets = new Secrets(Settings(new Uri("http://joe:hunter22@host/v1?token=tttt")) with
        {
            ApiKey = "sk-very-secret", Headers = new Dictionary<string, string> { ["x"] = "header-value", ["y"] = "1" },
        });

        Assert.Equal(
            "*** and *** and *** and *** but 1 stays",
            secrets.Scrub("sk-very-secret and header-value and joe:hunter22 and token=tttt but 1 stays"));
    }

    [Fact]
    public async Task SendAsync_KeyThatCannotBeSent_IsNotInTheReason()
    {
        await using var server = new ScriptedServer(r => Answer.Of($"{r.Header("Authorization")}\r\n\r\n"));

        var (response, _) = await Ask.OnceAsync(Settings(server.Url) with { ApiKey = "sk-very-secret" });

        Assert.Equal(Outcome.Malformed, response.Outcome);
        Assert.DoesNotContain("sk-very-secret", response.Reason, StringComparison.Ordinal);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("chaosbench-test").FullName;

        public string Write(string name, string text)
        {
            var file = System.IO.Path.Combine(Path, name);
            File.WriteAllText(file, text);
            return file;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private OpenAiSettings Settings(Uri url) => Ask.Settings(url) with { Transport = transport };
}

public sealed class OpenAiTargetPolicyOnEventLoopTests() : OpenAiTargetPolicyTests(HttpTransport.EventLoop);

public sealed class OpenAiTargetPolicyOnSocketsHandlerTests() : OpenAiTargetPolicyTests(HttpTransport.SocketsHandler);
