using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Benchmarks;

/// <summary>
/// How long a user waits for the program itself: the self-contained one, and the one that a build makes, as processes of their own.
/// <code>
///   start ............ exit                         --version
///   start ... plan ... first chat request comes in   run, against a server in this process
/// </code>
/// </summary>
internal static class StartupBenchmark
{
    private const string Publish = "dotnet publish harness -c Release -r linux-x64 --self-contained";

    private const int WarmUp = 2;
    private const int Starts = 21;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <exception cref="Gpu.NotRunException">The program was not published.</exception>
    public static async Task<Report> RunAsync()
    {
        var published = Path.Combine(Machine.Root, "artifacts", "publish", "ChaosBench.Harness", "release_linux-x64", "chaosbench");
        var built = Path.Combine(AppContext.BaseDirectory, "chaosbench");
        if (!File.Exists(published))
        {
            throw new Gpu.NotRunException($"  missing: {published}: make it with '{Publish}'");
        }

        var folder = Directory.CreateTempSubdirectory("chaosbench-startup-").FullName;
        try
        {
            await using var server = await FirstRequestServer.StartAsync();
            var file = Path.Combine(folder, "s.yaml");
            await File.WriteAllTextAsync(file, Scenario(server.Url));
            var samples = await Rounds.AlternateAsync(WarmUp, Starts,
                () => VersionAsync(published), () => VersionAsync(built), () => FirstRequestAsync(published, file, server), () => FirstRequestAsync(built, file, server));
            return new Report($"{Starts} starts each, in turns, files in the page cache",
            [
                new Row("self-contained: --version", "s", samples[0], 0.15, AtMost: true),
                new Row("self-contained: run, start to first request", "s", samples[2], 1, AtMost: true),
                new Row("built, with the machine's .NET: --version", "s", samples[1]),
                new Row("built, with the machine's .NET: run, to first request", "s", samples[3]),
            ]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> VersionAsync(string program)
    {
        var from = Machine.Clock.GetTimestamp();
        using var process = Start(program, ["--version"], null);
        await process.WaitForExitAsync().WaitAsync(Limit);
        var seconds = Machine.Seconds(from, Machine.Clock.GetTimestamp());
        return process.ExitCode == 0 ? seconds : throw new InvalidOperationException($"{program} --version: exit {process.ExitCode}");
    }

    private static async Task<double> FirstRequestAsync(string program, string file, FirstRequestServer server)
    {
        var first = server.Next();
        var from = Machine.Clock.GetTimestamp();
        using var process = Start(program, ["run", file, "--out", Path.Combine(Path.GetDirectoryName(file)!, "runs")], Path.GetDirectoryName(file));
        try
        {
            return Machine.Seconds(from, await first.WaitAsync(Limit));
        }
        finally
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
    }

    private static Process Start(string program, string[] arguments, string? folder)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder ?? "" };
        var process = Process.Start(start)!;
        // Nobody reads it, and a full pipe would hold the program.
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }

    private static string Scenario(Uri url) => $$"""
        version: 1
        targets: { it: { type: openai, url: "{{url}}v1", model: any } }
        prompts: { p: { generated: support-ticket } }
        scenarios:
          - name: first
            workload: { closed: { clients: 1, thinkTime: 50ms } }
            mix: [{ prompts: p, maxTokens: 1 }]
            phases: { warmUp: 0s, baseline: 200ms }

        """;

    /// <summary>Says when the first chat request of a run comes in.</summary>
    private sealed class FirstRequestServer(WebApplication app) : IAsyncDisposable
    {
        private const string Answer = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        private TaskCompletionSource<long> _first = new();

        public Uri Url => new(app.Urls.First());

        public static async Task<FirstRequestServer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var server = new FirstRequestServer(app);
            app.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "any" } } }));
            app.MapPost("/v1/chat/completions", server.AnswerAsync);
            await app.StartAsync();
            return server;
        }

        /// <returns>The instant of the next run's first request.</returns>
        public Task<long> Next() => (_first = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private Task AnswerAsync(HttpContext context)
        {
            _first.TrySetResult(Machine.Clock.GetTimestamp());
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync(Answer);
        }
    }
}
