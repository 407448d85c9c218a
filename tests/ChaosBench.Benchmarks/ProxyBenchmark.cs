using System.Net;
using System.Net.Http.Headers;
using ChaosBench.Benchmarks.Load;

namespace ChaosBench.Benchmarks;

/// <summary>
/// The same requests to an endpoint, through <c>chaosbench proxy</c> in front of it, and through nginx where that is installed, turn about: to
/// a stub that answers at once, which leaves only the way there to be seen, and to a served model. Where client, proxy and stub share two
/// processors, the share that nginx keeps is what a proxy can keep there.
/// </summary>
internal static class ProxyBenchmark
{
    private const int Connections = 16;
    private const int Seconds = 3;
    private const int Rounds = 5;

    public static async Task<Report> RunAsync()
    {
        var (stub, url) = await LoadChild.StubAsync(tokens: 20, gapMs: 1);
        await using var ending = stub;
        await using var served = await ServedProcess.StartAsync(Machine.Model, []);
        List<Row> rows =
        [
            .. await CompareAsync("stub", new Uri(url.GetLeftPart(UriPartial.Authority)), Traffic.Body(stream: false)),
            .. await CompareAsync("triage-v1", served.Address, new Canary(served.Address).Body),
        ];
        return new Report(
            $"POST /v1/chat/completions, not streamed, client .NET HttpClient, {Connections} connections kept alive for rates and 1 for latency, "
            + $"{Rounds} rounds of {Seconds} s after 1, direct and through the proxy turn about",
            rows);
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(string name, Uri upstream, string body)
    {
        using var ours = await StandingProxy.OursAsync(upstream);
        using var nginx = await StandingProxy.NginxAsync(upstream);
        List<Func<Task<Round>>> ways = [() => RateAsync(upstream, body, ours), () => RateAsync(ours.Address, body, ours)];
        if (nginx is not null)
        {
            ways.Add(() => RateAsync(nginx.Address, body, nginx));
        }

        var rates = await Benchmarks.Rounds.AlternateAsync(1, Rounds, [.. ways]);
        var times = await Benchmarks.Rounds.AlternateAsync(1, Rounds, () => MedianAsync(upstream, body), () => MedianAsync(ours.Address, body));
        return
        [
            new Row($"{name}: direct", "1/s", [.. rates[0].Select(round => round.PerSecond)]),
            new Row($"{name}: through the proxy", "1/s", [.. rates[1].Select(round => round.PerSecond)]),
            new Row($"{name}: share of the direct rate", "", Ratios(rates[1], rates[0]), 0.7),
            new Row($"{name}: CPU of the client for a request, direct", "us", [.. rates[0].Select(round => round.ClientMicros)]),
            new Row($"{name}: CPU of the proxy for a request", "us", [.. rates[1].Select(round => round.ProxyMicros)]),
            .. nginx is null ? [] : Nginx(name, rates),
            new Row($"{name}: median direct", "ms", times[0]),
            new Row($"{name}: median through the proxy", "ms", times[1]),
            new Row($"{name}: added at the median", "ms", [.. times[0].Zip(times[1], (direct, through) => through - direct)], 0.3, AtMost: true),
        ];
    }

    private static IEnumerable<Row> Nginx(string name, IReadOnlyList<IReadOnlyList<Round>> rates) =>
    [
        new Row($"{name}: share of the direct rate that nginx keeps", "", Ratios(rates[2], rates[0])),
        new Row($"{name}: CPU of nginx for a request", "us", [.. rates[2].Select(round => round.ProxyMicros)]),
        new Row($"{name}: rate through the proxy over that through nginx", "", Ratios(rates[1], rates[2])),
    ];

    private static double[] Ratios(IReadOnlyList<Round> over, IReadOnlyList<Round> under) => [.. over.Zip(under, (one, other) => one.PerSecond / other.PerSecond)];

    /// <param name="ClientMicros">Of this process for each request: what it costs to ask, which the rates share the processors with.</param>
    private readonly record struct Round(double PerSecond, double ClientMicros, double ProxyMicros);

    private static async Task<Round> RateAsync(Uri address, string body, StandingProxy proxy)
    {
        var (client, other) = (Environment.CpuUsage.TotalTime, proxy.Cpu);
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => AskAsync(address, body)));
        double all = counts.Sum(times => times.Count);
        return new Round(all / Seconds, (Environment.CpuUsage.TotalTime - client).TotalMicroseconds / all, (proxy.Cpu - other).TotalMicroseconds / all);
    }

    private static async Task<double> MedianAsync(Uri address, string body) => Statistics.Percentile(await AskAsync(address, body), 50);

    /// <summary>Milliseconds of each request that one client made in the time.</summary>
    private static async Task<List<double>> AskAsync(Uri address, string body)
    {
        using var client = new HttpClient();
        var url = new Uri(address, "v1/chat/completions");
        var times = new List<double>();
        for (var start = Machine.Clock.GetTimestamp(); Machine.Clock.GetElapsedTime(start).TotalSeconds < Seconds;)
        {
            var sent = Machine.Clock.GetTimestamp();
            using var content = new StringContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var reply = await client.PostAsync(url, content).ConfigureAwait(false);
            if (reply.StatusCode != HttpStatusCode.OK)
            {
                throw new InvalidOperationException($"{url} answered {reply.StatusCode}");
            }

            times.Add(Machine.Clock.GetElapsedTime(sent).TotalMilliseconds);
        }

        return times;
    }
}
