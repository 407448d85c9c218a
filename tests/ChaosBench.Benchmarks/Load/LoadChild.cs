using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChaosBench.Engine.Targets.OpenAi;

namespace ChaosBench.Benchmarks.Load;

/// <summary>This program once more, on one core, as a stub server or as one of our clients.</summary>
internal sealed class LoadChild : IAsyncDisposable
{
    /// <summary>First argument of such a process; not for users.</summary>
    public const string Verb = "load-child";

    public const int StubCore = 0;
    public const int ClientCore = 1;

    private readonly Process _process;

    private LoadChild(Process process) => _process = process;

    /// <param name="authority">PEM file of whom to trust, for <c>https</c>.</param>
    public static LoadChild Client(Uri url, HttpTransport transport = HttpTransport.Automatic, string? authority = null) =>
        Start(ClientCore, ["client", url.ToString(), transport.ToString(), .. authority is null ? Array.Empty<string>() : [authority]]);

    private static LoadChild Start(int core, params string[] arguments)
    {
        var start = Cores.Start("dotnet", [typeof(LoadChild).Assembly.Location, Verb, .. arguments], core);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        return new LoadChild(Process.Start(start)!);
    }

    /// <summary>A stub server and its address.</summary>
    public static async Task<(LoadChild Stub, Uri Url)> StubAsync(int tokens, double gapMs, double stallAfter = 0)
    {
        var stub = Start(
            StubCore, "stub", tokens.ToString(CultureInfo.InvariantCulture), gapMs.ToString(CultureInfo.InvariantCulture),
            stallAfter.ToString(CultureInfo.InvariantCulture));
        var port = await stub._process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the stub server did not start");
        return (stub, new Uri($"http://127.0.0.1:{port}/v1"));
    }

    /// <summary>As <see cref="StubAsync"/>, over TLS, and whom its clients must trust.</summary>
    public static async Task<(LoadChild Stub, Uri Url, string Authority)> SecureStubAsync(int tokens, double gapMs)
    {
        var stub = Start(StubCore, "secure-stub", tokens.ToString(CultureInfo.InvariantCulture), gapMs.ToString(CultureInfo.InvariantCulture));
        var port = await stub._process.StandardOutput.ReadLineAsync();
        var authority = await stub._process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the stub server did not start");
        return (stub, new Uri($"https://127.0.0.1:{port}/v1"), authority);
    }

    public async Task<Dictionary<string, double>> AskAsync(FormattableString command)
    {
        await _process.StandardInput.WriteLineAsync(FormattableString.Invariant(command));
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("a client of the benchmark ended early");
        return JsonSerializer.Deserialize<Dictionary<string, double>>(line)!;
    }

    /// <summary>The end of its input ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>What the process itself does: <c>stub TOKENS GAP_MS STALL_AFTER_S</c>, <c>secure-stub TOKENS GAP_MS</c>, or <c>client URL TRANSPORT [AUTHORITY]</c> with
    /// commands on its input.</summary>
    public static async Task<int> MainAsync(string[] arguments)
    {
        if (arguments is [_, "stub", var tokens, var gap, var stallAfter])
        {
            var schedule = new StubSchedule(
                int.Parse(tokens, CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(100),
                TimeSpan.FromMilliseconds(double.Parse(gap, CultureInfo.InvariantCulture)));
            using var stub = new StubServer(schedule);
            using var stop = new CancellationTokenSource();
            Console.WriteLine(stub.Port);
            var calm = double.Parse(stallAfter, CultureInfo.InvariantCulture);
            var serving = new Thread(() => stub.Run(calm > 0 ? TimeSpan.FromSeconds(calm) : null, stop.Token)) { Name = "stub" };
            serving.Start();
            await Console.In.ReadLineAsync();
            await stop.CancelAsync();
            serving.Join();
            return 0;
        }

        if (arguments is [_, "secure-stub", var few, var pause])
        {
            var folder = Directory.CreateTempSubdirectory("chaosbench-secure-").FullName;
            using var stub = new SecureStub(
                new StubSchedule(
                    int.Parse(few, CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(100),
                    TimeSpan.FromMilliseconds(double.Parse(pause, CultureInfo.InvariantCulture))),
                folder);
            Console.WriteLine(stub.Port);
            Console.WriteLine(stub.Authority);
            await Console.In.ReadLineAsync();
            Directory.Delete(folder, recursive: true);
            return 0;
        }

        if (arguments is [_, LiveRuns.Reader, var page])
        {
            return await LiveRuns.ReadAsync(page);
        }

        var runs = new LoadRuns(new Uri(arguments[2]), Enum.Parse<HttpTransport>(arguments[3]), arguments.ElementAtOrDefault(4));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            var numbers = words.Skip(1).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            var answer = words[0] switch
            {
                "client" => runs.Client((int)numbers[0], (int)numbers[1]),
                "closed" => await runs.ClosedAsync((int)numbers[0], numbers[1], (JournalKind)numbers[2]),
                "floor" => LoadRuns.Floor(numbers[0], numbers[1], (long)numbers[2]),
                "lag" => await runs.LagAsync(numbers[0], numbers[1], (long)numbers[2]),
                "texts" => await runs.TextsAsync((int)numbers[0], numbers[1], stream: numbers[2] > 0, keep: numbers[3] > 0),
                "live" => await LiveRuns.RunAsync(new Uri(arguments[2]), numbers[0], numbers[1], numbers[2] > 0),
                "stall" => await runs.StallAsync(numbers[0], numbers[1]),
                "streams" => await runs.StreamsAsync((int)numbers[0], (int)numbers[1], numbers[2], (JournalKind)numbers[3], text: numbers[4] > 0),
                _ => throw new InvalidOperationException($"no such command: {line}"),
            };
            Console.WriteLine(JsonSerializer.Serialize(answer));
        }

        return 0;
    }
}
