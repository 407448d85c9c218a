using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ChaosBench.Harness.Initialising;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Tests.Harness;

/// <summary><c>chaosbench init</c> against our own server, and against endpoints that can little or mean ill.</summary>
public sealed partial class InitCommandTests : IDisposable
{
    private readonly CommandSession _session = new();

    private string Written => Path.Combine(_session.Folder.Path, "mine.yaml");

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task Init_OurServer_WritesAFileThatRuns()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "processes are signalled as on Linux");
        using var serving = CommandProcess.Start(_session.Folder.Path, "serve", TriageModel.RequireFolder(), "--port", "0", "--device", "cpu");
        await serving.UntilAsync(() => Address().IsMatch(serving.Error), "it serves");

        Assert.Equal(0, await _session.CallAsync("init", Address().Match(serving.Error).Value, "--out", Written));

        var text = File.ReadAllText(Written);
        Assert.Contains("#   usage        counts its tokens at the end of a stream", text, StringComparison.Ordinal);
        Assert.Contains("#   logprobs     given", text, StringComparison.Ordinal);
        Assert.Contains("#   seed         the same seed gave the same answer twice", text, StringComparison.Ordinal);
        Assert.Contains("#   embeddings   128 numbers", text, StringComparison.Ordinal);
        Assert.Matches("telemetry: \\{ scrape: \"http://127\\.0\\.0\\.1:[0-9]+/metrics\" \\}", text);
        Assert.Equal(0, await _session.CallAsync("validate", Written));
        var exit = await _session.RunAsync(Written, "--set", "scenarios[0].phases.baseline=4s", "--set", "scenarios[0].phases.warmUp=1s", "--set", "scenarios[0].workload=10/s");
        Assert.True(exit is 0 or 2, _session.Error);
        Assert.True(_session.Summary.Counts["completed"] > 20, _session.Error);
        serving.Signal("TERM");
        await serving.ExitAsync();
    }

    /// <summary>What stands in the file as a comment works, too.</summary>
    [Fact]
    public async Task Init_CommentedScenario_IsValidOnceItIsNoComment()
    {
        Assert.Equal(0, await _session.CallAsync("init", "http://127.0.0.1:9/v1", "--offline", "--out", Written));
        var lines = File.ReadAllLines(Written).SkipWhile(line => !line.Contains("Break something", StringComparison.Ordinal)).Skip(2);
        await File.AppendAllLinesAsync(Written, lines.Select(line => line.Replace("# ", "", StringComparison.Ordinal)));

        Assert.Equal(0, await _session.CallAsync("validate", Written));
        Assert.Contains("2 scenario(s), no problems", _session.Error + _session.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_ModelFolder_WritesAFileThatPlans()
    {
        Assert.Equal(0, await _session.CallAsync("init", TriageModel.RequireFolder(), "--out", Written));

        Assert.Contains("#   model        triage-v1, version 1, licence MIT", File.ReadAllText(Written), StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("plan", Written));
        Assert.Equal(4, await _session.CallAsync("init", Repository.Path("scenarios", "recorded"), "--out", Written + "2"));
        Assert.Contains("no model is in it", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_FileThatIsThere_StaysUnlessForced()
    {
        await File.WriteAllTextAsync(Written, "precious");

        Assert.Equal(4, await _session.CallAsync("init", "http://127.0.0.1:9/v1", "--offline", "--out", Written));
        Assert.Equal("precious", await File.ReadAllTextAsync(Written));
        Assert.Equal(0, await _session.CallAsync("init", "http://127.0.0.1:9/v1", "--offline", "--out", Written, "--force"));
        Assert.StartsWith("# Written by", await File.ReadAllTextAsync(Written), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nope", "neither a folder nor an http or https URL")]
    [InlineData("ftp://127.0.0.1/", "neither a folder nor an http or https URL")]
    [InlineData("http://user:secret@127.0.0.1/v1", "would put it into a file")]
    [InlineData("http://127.0.0.1/v1?key=secret", "would put it into a file")]
    [InlineData("http://10.0.0.1:81/v1", "ask it with --allow-host 10.0.0.1:81, or write a file without asking with --offline")]
    public async Task Init_BadAddress_SaysWhatWouldBeRight(string url, string expected)
    {
        Assert.Equal(4, await _session.CallAsync("init", url, "--out", Written));

        Assert.Contains(expected, _session.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", _session.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Written));
    }

    [Fact]
    public async Task Init_NobodyThere_OffersOffline()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        Assert.Equal(4, await _session.CallAsync("init", $"http://127.0.0.1:{port}", "--out", Written));

        Assert.Contains("the connection was refused; start the server, mend the URL, or write a file without asking with --offline", _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("init", $"http://127.0.0.1:{port}", "--key-env", "CHAOSBENCH_NO_SUCH_KEY", "--out", Written));
        Assert.Contains("--key-env CHAOSBENCH_NO_SUCH_KEY: the variable is not set", _session.Error, StringComparison.Ordinal);
    }

    /// <summary>Completions alone, no stream, refuses what it does not know, no model list, no metrics.</summary>
    [Fact]
    public async Task Init_EndpointThatCanLittle_GetsAFileForThat()
    {
        await using var limited = await Fake.StartAsync(async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            var isGood = context.Request.Path == "/v1/completions" && !body.Contains("logprobs", StringComparison.Ordinal) && !body.Contains("seed", StringComparison.Ordinal);
            context.Response.StatusCode = isGood ? 200 : context.Request.Path == "/v1/completions" ? 400 : 404;
            await context.Response.WriteAsync(isGood ? """{"choices": [{"text": "hello", "finish_reason": "stop"}]}""" : """{"error": {"message": "no such thing"}}""");
        });

        Assert.Equal(4, await _session.CallAsync("init", limited.Url, "--out", Written));
        Assert.Contains("it lists no model; name the one that questions shall go to with --model NAME", _session.Error, StringComparison.Ordinal);

        Assert.Equal(0, await _session.CallAsync("init", limited.Url, "--model", "tiny", "--out", Written));
        var text = File.ReadAllText(Written);
        Assert.Contains("    api: completions", text, StringComparison.Ordinal);
        Assert.Contains("stream: false }", text, StringComparison.Ordinal);
        Assert.DoesNotContain("telemetry:", text, StringComparison.Ordinal);
        Assert.Contains("#   logprobs     refused (HTTP 400)", text, StringComparison.Ordinal);
        Assert.Contains("#   chat         no: HTTP 404 (no such thing)", text, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("validate", Written));
    }

    /// <summary>Names that break out of a comment or ask for variables, replies without end, pages that are no metrics: the file stays a scenario.</summary>
    [Fact]
    public async Task Init_HostileEndpoint_WritesNothingThatIsNotOurs()
    {
        const string evil = "x\\n\\ntargets: { evil: { type: openai, url: http://10.0.0.1 } }\\n\\u001b[31m";
        await using var hostile = await Fake.StartAsync(async context =>
        {
            if (context.Request.Path == "/v1/models")
            {
                await context.Response.WriteAsync($$$"""{"data": [{"id": "${HOME}"}, {"id": "{{{evil}}}"}, {"id": 7}, {"nothing": 1}, {"id": "a \"b\" \\ ü"}]}""");
            }
            else if (context.Request.Path == "/v1/chat/completions")
            {
                await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"\\u001b[2Jhi\\n#\"}}]}\n\ndata: {broken\n\ndata: [DONE]\n\n");
            }
            else
            {
                await WriteForeverAsync(context);
            }
        });

        Assert.Equal(0, await _session.CallAsync("init", hostile.Url, "--out", Written));

        var text = File.ReadAllText(Written);
        Assert.DoesNotContain("${HOME}", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("targets: {", StringComparison.Ordinal));
        Assert.Contains("    model: \"a \\\"b\\\" \\\\ \\U000000FC\"", text, StringComparison.Ordinal);
        Assert.Contains("the reply is longer than 256 KiB", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', _session.Error);
        Assert.Equal(0, await _session.CallAsync("validate", Written));
        Assert.Equal(1, hostile.MostOf("/v1/models"));
    }

    [LinuxFact]
    public async Task Init_KeyOfTheEnvironment_IsSentAndNotWritten()
    {
        const string key = "sk-very-secret-0815";
        await using var guarded = await Fake.StartAsync(async context =>
        {
            var isGood = context.Request.Headers.Authorization == $"Bearer {key}";
            context.Response.StatusCode = isGood ? 200 : 401;
            await context.Response.WriteAsync(context.Request.Path == "/v1/models"
                ? $$"""{"data": [{"id": "m"}]}"""
                : "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n# TYPE " + key + "_x gauge\n");
        });

        Assert.Equal(4, await _session.CallAsync("init", guarded.Url, "--out", Written));
        Assert.Contains("it wants a key (HTTP 401); put the key in an environment variable", _session.Error, StringComparison.Ordinal);

        using var init = CommandProcess.Start(_session.Folder.Path, $"export MODEL_KEY={key};", ["init", guarded.Url, "--key-env", "MODEL_KEY", "--out", Written]);
        Assert.Equal(0, await init.ExitAsync());
        var text = File.ReadAllText(Written);
        Assert.Contains("    apiKey: \"${MODEL_KEY}\"", text, StringComparison.Ordinal);
        Assert.Contains("--allow-env MODEL_KEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain(key, text + init.Error + init.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("ü\n", "\"\\U000000FC\\U0000000A\"")]
    public void Quoted_Text_IsYaml(string text, string expected) => Assert.Equal(expected, Draft.Quoted(text));

    private static async Task WriteForeverAsync(HttpContext context)
    {
        var line = Encoding.UTF8.GetBytes(new string('x', 8_000) + "\n");
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(line, context.RequestAborted);
        }
    }

    [GeneratedRegex("http://127[^ ]+")]
    private static partial Regex Address();

    /// <summary>An endpoint on loopback that does what a test says.</summary>
    private sealed class Fake : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _asked = new();

        private Fake(WebApplication app) => _app = app;

        public string Url => _app.Urls.First() + "/v1";

        public static async Task<Fake> StartAsync(Func<HttpContext, Task> answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var fake = new Fake(builder.Build());
            fake._app.Run(async context =>
            {
                fake._asked.AddOrUpdate(context.Request.Path.ToString(), 1, (_, count) => count + 1);
                await answer(context);
            });
            await fake._app.StartAsync();
            return fake;
        }

        public int MostOf(string path) => _asked.GetValueOrDefault(path);

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
