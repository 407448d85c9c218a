using ChaosBench.Engine.Pacing;

namespace ChaosBench.Benchmarks.Load;

/// <summary>The load engine against other load generators, and against its own goals.</summary>
internal static class EngineBenchmarks
{
    private const int Connections = 64;
    private const int Seconds = 4;
    private const int Tokens = 100;
    private const double GapMs = 20;
    private const string Floor = "timers alone at 1,000/s, p99: the floor";

    private static readonly (string Key, string Name)[] LagPercentiles = [("lagP50", "p50"), ("lagP99", "p99"), ("lagP999", "p99.9")];

    private static string Where => Cores.Problem is { } problem
        ? $"on any core, because {problem}"
        : $"stub server on core {LoadChild.StubCore}, client on core {LoadChild.ClientCore}";

    /// <summary>CPU for a request, in a closed loop.</summary>
    public static async Task<Report> ClosedAsync()
    {
        const int Rounds = 5;
        var (stub, url) = await LoadChild.StubAsync(Tokens, GapMs);
        await using var serving = stub;
        await using var client = LoadChild.Client(url);
        await using var handler = LoadChild.Client(url, ChaosBench.Engine.Targets.OpenAi.HttpTransport.SocketsHandler);
        var body = Traffic.Body(stream: false);

        // Until all of it is compiled for good, which on one core takes seconds: the compiler's thread has to wait for its turn.
        foreach (var warm in (FormattableString[])[$"client {Connections} 300000", $"closed {Connections} 6 0", $"closed {Connections} 6 2", $"closed {Connections} 4 0"])
        {
            await client.AskAsync(warm);
            await handler.AskAsync($"closed {Connections} 3 0");
        }

        var results = await Benchmarks.Rounds.AlternateAsync<double?>(
            1, Rounds,
            () => Tools.WrkAsync(url, body, Connections, Seconds),
            () => Tools.HeyAsync(url, body, Connections, Seconds),
            () => CpuAsync(client, $"client {Connections} 200000"),
            () => CpuAsync(client, $"closed {Connections} {Seconds} 0"),
            () => CpuAsync(client, $"closed {Connections} {Seconds} 1"),
            () => CpuAsync(client, $"closed {Connections} {Seconds} 2"),
            () => CpuAsync(handler, $"closed {Connections} {Seconds} 0"));
        string[] names =
        [
            "wrk", "hey", "our client", "whole engine", "whole engine, journal on disk", "whole engine, journal on disk and packed after the run",
            "whole engine over SocketsHttpHandler",
        ];
        var rows = names.Index().Where(name => Has(results[name.Index]))
            .Select(name => new Row($"{name.Item}: CPU per request", "us", Known(results[name.Index]))).ToList();
        foreach (var (rival, must) in ((int, double)[])[(0, 1.15), (1, 0.45)])
        {
            rows.AddRange(Enumerable.Range(2, 5).Where(_ => Has(results[rival])).Select(ours => new Row(
                $"{names[ours]} / {names[rival]}", "ratio", [.. Known(results[ours]).Zip(Known(results[rival]), (own, other) => own / other)],
                ours < 5 ? must : null, AtMost: true)));
        }

        return new Report(
            $"closed loop, {Connections} connections kept alive, JSON POST of {body.Length} bytes, {Rounds} rounds of {Seconds} s after 1, warmed up, CPU of the whole client process, {Where}",
            rows);
    }

    /// <summary>How late planned sends are.</summary>
    public static async Task<Report> LagAsync()
    {
        const int Rounds = 3;
        const double Length = 5;
        var (stub, url) = await LoadChild.StubAsync(Tokens, GapMs);
        await using var serving = stub;
        await using var client = LoadChild.Client(url);
        var rows = new List<Row>();
        foreach (var rate in (double[])[1_000, 10_000])
        {
            var results = await Benchmarks.Rounds.AlternateAsync(
                1, Rounds,
                () => client.AskAsync($"lag {rate} {Length} {PacerOptions.MaxSpinNanos}"),
                () => client.AskAsync($"lag {rate} {Length} 0"),
                () => client.AskAsync($"floor {rate} {Length} {PacerOptions.MaxSpinNanos}"));
            string[] names = ["sends", "sends, without spinning", "timers alone: the floor"];
            foreach (var (index, name) in names.Index())
            {
                foreach (var (key, percentile) in LagPercentiles)
                {
                    double? goal = index == 0 && key == "lagP99" ? 1_000 : null;
                    rows.Add(new Row($"{rate:#,0}/s, {name}, {percentile}", "us", [.. results[index].Select(one => one[key] / 1e3)], goal, AtMost: true));
                }
            }
        }

        return new Report($"open loop of plain requests by the whole engine, planned to sent, {Rounds} rounds of {Length} s after 1, {Where}", rows);
    }

    /// <summary>CPU for a token of a stream, at rates where the rival still keeps up.</summary>
    public static async Task<Report> StreamAsync()
    {
        const int Rounds = 5;
        var (stub, url) = await LoadChild.StubAsync(Tokens, GapMs);
        await using var serving = stub;
        await using var client = LoadChild.Client(url);

        // Until all of it is compiled for good: a tenth of a second of the compiler's is as much as ten thousand tokens take.
        foreach (var warm in (FormattableString[])[$"streams 500 {Tokens} 5 0 1", $"streams 500 {Tokens} 5 1 1", $"streams 500 {Tokens} 5 0 1", $"streams 200 {Tokens} 1 1 1"])
        {
            await client.AskAsync(warm);
        }

        var rows = new List<Row>();
        foreach (var streams in (int[])[100, 200])
        {
            var results = await Benchmarks.Rounds.AlternateAsync(
                1, Rounds,
                () => CpuAsync(client, $"streams {streams} {Tokens} 1 0 1"),
                () => CpuAsync(client, $"streams {streams} {Tokens} 1 1 1"),
                () => AiohttpAsync(url, streams));
            var name = $"{streams} streams ({streams * 1_000 / GapMs:#,0} tokens/s)";
            string[] contestants = ["whole engine", "journal on disk", "aiohttp"];
            rows.AddRange(contestants.Index().Where(one => Has(results[one.Index]))
                .Select(one => new Row($"{name}, {one.Item}: CPU per token", "us", Known(results[one.Index]))));
            rows.AddRange(contestants.Index().Take(2).Where(_ => Has(results[2])).Select(one => new Row(
                $"{name}, {one.Item} / aiohttp", "ratio",
                [.. Known(results[one.Index]).Zip(Known(results[2]), (own, other) => own / other)], 0.35, AtMost: true)));
        }

        return new Report(
            $"{Tokens} tokens {GapMs} ms apart, new connections, ramp of 1 s, {Rounds} alternating rounds after 1, warmed up; aiohttp does what vLLM's benchmark does, {Where}", rows);

        // Its first round warms it up.
        static async Task<double?> AiohttpAsync(Uri url, int streams) =>
            (await Tools.AiohttpAsync(url, streams, Tokens, 1, rounds: 2))?[^1]["cpuMicros"];
    }

    /// <summary>How late a token is seen, from the instant that the server wrote into it.</summary>
    public static async Task<Report> TokenErrorAsync()
    {
        const double Limit = 10;
        var (stub, url) = await LoadChild.StubAsync(Tokens, GapMs);
        await using var serving = stub;
        await using var client = LoadChild.Client(url);
        await client.AskAsync($"streams 500 {Tokens} 5 0 1");
        var rows = new List<Row>();
        var (best, rivalBest) = (0.0, 0.0);
        foreach (var streams in (int[])[100, 200, 300, 500, 1_000, 1_500, 2_000])
        {
            var name = $"{streams * 1_000 / GapMs:#,0} tokens/s ({streams} streams)";
            var ours = await RepeatAsync(3, () => client.AskAsync($"streams {streams} {Tokens} 1 0 1"));
            var error = Of(ours, "errorP99").Select(nanos => nanos / 1e6).ToArray();
            rows.Add(new Row($"{name}, whole engine: error p50", "ms", [.. Of(ours, "errorP50").Select(nanos => nanos / 1e6)]));
            rows.Add(new Row($"{name}, whole engine: error p99", "ms", error, streams == 1_000 ? Limit : null, AtMost: true));
            best = Statistics.Percentile(error, 50) <= Limit ? streams * 1_000 / GapMs : best;
            if (streams <= 500 && await Tools.AiohttpAsync(url, streams, Tokens, 1, 3) is { } rival)
            {
                var theirs = Of(rival, "errorP99").Select(nanos => nanos / 1e6).ToArray();
                rows.Add(new Row($"{name}, aiohttp: error p99", "ms", theirs));
                rivalBest = Statistics.Percentile(theirs, 50) <= Limit ? streams * 1_000 / GapMs : rivalBest;
            }
        }

        rows.Add(new Row(Floor, "ms", [await FloorAsync(client)]));
        if (rivalBest > 0)
        {
            rows.Add(new Row($"highest rate with p99 <= {Limit} ms, whole engine / aiohttp", "ratio", [best / rivalBest], 3));
        }

        return new Report($"{Tokens} tokens {GapMs} ms apart, new connections, ramp of 1 s, 3 rounds; the server's monotonic clock is in each token, {Where}", rows);
    }

    /// <summary>What it costs that texts are kept, which is the default.</summary>
    public static async Task<Report> TextsAsync()
    {
        const int Rounds = 5;
        var (stub, url) = await LoadChild.StubAsync(Tokens, GapMs);
        await using var serving = stub;
        await using var client = LoadChild.Client(url);
        var rows = new List<Row>();
        foreach (var (name, run) in ((string, string)[])[("plain request", "10000 2500 0"), ($"token of streams of {Tokens}", "400 100 1")])
        {
            foreach (var keep in (int[])[1, 0, 1])
            {
                await client.AskAsync($"texts {run} {keep}");
            }

            var results = await Benchmarks.Rounds.AlternateAsync(1, Rounds, () => CpuAsync(client, $"texts {run} 0"), () => CpuAsync(client, $"texts {run} 1"));
            var (without, with) = (Known(results[0]), Known(results[1]));
            rows.Add(new Row($"CPU for a {name}, no texts kept", "us", without));
            rows.Add(new Row("the same, every text redacted, packed and kept", "us", with));
            rows.Add(new Row($"more for a {name}", "us", [.. with.Zip(without, (more, less) => more - less)]));
        }

        return new Report($"whole engine without a journal, {Rounds} alternating rounds after 1, warmed up, {Where}", rows);
    }

    /// <summary>What a stream and a request leave in memory.</summary>
    public static async Task<Report> MemoryAsync()
    {
        var rows = new List<Row>();
        var (slow, slowUrl) = await LoadChild.StubAsync(tokens: 20, gapMs: 500);
        await using (slow)
        {
            // A process of its own each time: what the last run grew to would hide what this one needs.
            var perStream = await RepeatAsync(3, async () =>
            {
                await using var client = LoadChild.Client(slowUrl);
                await client.AskAsync($"streams 50 20 1 0 0");
                return await client.AskAsync($"streams 5000 20 4 0 0");
            });
            rows.Add(new Row("resident memory per open stream, 5,000 streams", "bytes", Of(perStream, "residentPerStream"), 8_192, AtMost: true));
        }

        var (secure, secureUrl, authority) = await LoadChild.SecureStubAsync(tokens: 20, gapMs: 1_000);
        await using (secure)
        {
            // Shaking hands takes the server a core for most of the ramp.
            var perStream = await RepeatAsync(3, async () =>
            {
                await using var client = LoadChild.Client(secureUrl, authority: authority);
                await client.AskAsync($"streams 50 20 1 0 0");
                return await client.AskAsync($"streams 2000 20 8 0 0");
            });
            rows.Add(new Row("resident memory per open stream over TLS, 2,000 streams", "bytes", Of(perStream, "residentPerStream")));
            rows.Add(new Row("the streams of those that were not answered well", "", Of(perStream, "bad"), 0, AtMost: true));
        }

        var (stub, url) = await LoadChild.StubAsync(Tokens, GapMs);
        await using (stub)
        {
            await using var client = LoadChild.Client(url);
            await client.AskAsync($"streams 600 {Tokens} 6 0 1");
            foreach (var (name, text) in ((string, int)[])[("its text not wanted", 0), ("its text of 19 characters wanted", 1)])
            {
                var streams = await RepeatAsync(3, () => client.AskAsync($"streams 1000 {Tokens} 10 0 {text}"));
                rows.Add(new Row($"allocated per token event, whole engine, {name}", "bytes", Of(streams, "allocated"), 64, AtMost: true));
            }

            await client.AskAsync($"client {Connections} 50000");
            var bare = await RepeatAsync(3, () => client.AskAsync($"client {Connections} 100000"));
            rows.Add(new Row("allocated per plain request, our client", "bytes", Of(bare, "allocatedPerRequest"), 512, AtMost: true));
            var whole = await RepeatAsync(3, () => client.AskAsync($"closed {Connections} 2 0"));
            rows.Add(new Row("allocated per plain request, whole engine (the observation itself)", "bytes", Of(whole, "allocated"), 512, AtMost: true));
        }

        return new Report($"managed bytes of the whole client process, observations and their texts included, {Where}", rows);
    }

    /// <summary>A server that stands still for 2 s, once, at 500 requests/s over 12 s.</summary>
    public static async Task<Report> StallAsync()
    {
        const double Length = 12;
        var floors = new List<double>();
        var results = await RepeatAsync(3, async () =>
        {
            var (stub, url) = await LoadChild.StubAsync(Tokens, GapMs, stallAfter: 5);
            await using var serving = stub;
            await using var client = LoadChild.Client(url);
            floors.Add(await FloorAsync(client));
            return await client.AskAsync($"stall 500 {Length}");
        });
        var stall = StubServer.Stall.TotalSeconds;
        var rows = new List<Row> { new(Floor, "ms", [.. floors]) };
        foreach (var (name, share) in ((string, double)[])[("p90", 0.9), ("p99", 0.99), ("p999", 0.999)])
        {
            // Those planned during the stall wait for its rest: uniform from 0 to its length.
            var theory = stall * (1 - ((1 - share) * Length / stall));
            rows.Add(new Row($"{name} from the planned time (theory {theory:0.###} s)", "s", Of(results, name)));
            rows.Add(new Row($"{name}, off from theory", "share", [.. Of(results, name).Select(seconds => Math.Abs(seconds - theory) / theory)], 0.05, AtMost: true));
        }

        return new Report($"open loop of 500 plain requests/s for {Length} s, one stall of {stall} s, 3 rounds, {Where}", rows);
    }

    /// <summary>How late this machine's timers are with nothing to send, p99, milliseconds.</summary>
    private static async Task<double> FloorAsync(LoadChild client) => (await client.AskAsync($"floor 1000 3 0"))["lagP99"] / 1e6;

    private static async Task<double?> CpuAsync(LoadChild client, FormattableString command)
    {
        var answer = await client.AskAsync(command);
        return answer["bad"] == 0 ? answer["cpuMicros"] : throw new InvalidOperationException($"{answer["bad"]} requests failed");
    }

    private static async Task<List<Dictionary<string, double>>> RepeatAsync(int rounds, Func<Task<Dictionary<string, double>>> run)
    {
        var results = new List<Dictionary<string, double>>();
        for (var round = 0; round < rounds; round++)
        {
            results.Add(await run());
        }

        return results;
    }

    private static double[] Of(IReadOnlyList<Dictionary<string, double>> results, string name) => [.. results.Select(one => one[name])];

    private static bool Has(List<double?> results) => results.All(result => result is not null);

    private static double[] Known(List<double?> results) => [.. results.OfType<double>()];
}
