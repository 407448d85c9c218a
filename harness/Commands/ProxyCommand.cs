using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Security.Cryptography;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Harness.Control;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Files;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench proxy</c>: stream, HTTP and connection faults between any client and any endpoint.</summary>
internal static class ProxyCommand
{
    private const int MaxFileBytes = 1 << 20;

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Address and port for clients; port 0 takes any free one. Default 127.0.0.1:0", HelpName = "127.0.0.1:P",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 0), CustomParser = ReadListen,
        };
        var upstream = new Option<Uri>("--upstream")
        {
            Description = "The endpoint behind it: scheme, host and port; clients bring the path", HelpName = "URL", Required = true,
            CustomParser = ReadUpstream,
        };
        var faults = new Option<string?>("--faults") { Description = "Faults to begin with, as under faults: in a scenario file", HelpName = "FILE" };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Decides, with fault id and x-request-id, who is hit", HelpName = "N", DefaultValueFactory = _ => 1,
            CustomParser = OptionValues.Whole<ulong>(0, ulong.MaxValue),
        };
        var admin = new Option<int>("--admin-port")
        {
            Description = "Port of the admin API on 127.0.0.1; 0 takes any free one", HelpName = "N", DefaultValueFactory = _ => 0,
            CustomParser = OptionValues.Whole<int>(0, 65_535),
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            Description = "Write the admin token to this file (mode 0600) instead of showing it", HelpName = "FILE",
        };
        var authority = new Option<string?>("--ca-certificate") { Description = "PEM file of an own certificate authority, for an https upstream", HelpName = "FILE" };
        var certificate = new Option<string?>("--client-certificate")
        {
            Description = "PEM file of a client certificate, for an https upstream; needs --client-key", HelpName = "FILE",
        };
        var key = new Option<string?>("--client-key") { Description = "PEM file of the client certificate's key", HelpName = "FILE" };
        var command = new Command(
            "proxy",
            "Break streams, replies and connections between a client and an endpoint\n\n  chaosbench proxy --listen 127.0.0.1:9000 --upstream http://127.0.0.1:8080 --faults faults.yaml\n  chaosbench faults list\n\nWithout faults every byte goes through as it came. Ctrl-C lifts all faults and stops.")
        {
            listen, upstream, authority, certificate, key, faults, seed, admin, tokenFile,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new ProxyOptions
            {
                Upstream = parsed.GetValue(upstream)!, Listen = parsed.GetValue(listen)!, Seed = parsed.GetValue(seed),
                Authorities = UpstreamCertificates.Authorities(parsed.GetValue(authority), parsed.GetValue(upstream)!),
                ClientCertificate = UpstreamCertificates.Client(parsed.GetValue(certificate), parsed.GetValue(key), parsed.GetValue(upstream)!),
            };
            var first = parsed.GetValue(faults) is { } file ? Read(file) : [];
            try
            {
                await RunAsync(options, first, (parsed.GetValue(admin), parsed.GetValue(tokenFile)), terminal, time, cancellation).ConfigureAwait(false);
                return ExitCodes.Pass;
            }
            catch (Exception problem) when (problem is IOException or FaultRefusedException or UnauthorizedAccessException)
            {
                throw new UsageException(problem.Message);
            }
        });
        return command;
    }

    private static async Task RunAsync(
        ProxyOptions options, IReadOnlyList<LooseFault> faults, (int Port, string? TokenFile) admin, Terminal terminal, TimeProvider time,
        CancellationToken cancellation)
    {
        await FaultProxy.WarmUpAsync().ConfigureAwait(false);
        var feed = new EventFeed(time);
        await using var proxy = FaultProxy.Start(options, RequestIdKeys.Instance, feed, time);
        using var desk = new FaultDesk(proxy, feed, time);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await using var face = await AdminFace.StartAsync(desk, feed, admin.Port, token, time).ConfigureAwait(false);
        desk.Set(faults, otherwise: null);
        if (admin.TokenFile is { } path)
        {
            WriteToken(path, token);
        }

        terminal.Error.WriteLine($"proxy on {proxy.BaseAddress} in front of {options.Upstream.GetLeftPart(UriPartial.Authority)}, seed {options.Seed}, {faults.Count} fault(s)");
        terminal.Error.WriteLine($"admin on {face.BaseAddress}v1/faults, Authorization: Bearer {(admin.TokenFile is { } kept ? $"as in {kept}" : token)}");
        if (!IPAddress.IsLoopback(options.Listen.Address))
        {
            terminal.Error.WriteLine($"{options.Listen.Address} is no loopback address: others on the network reach the upstream through this proxy");
        }

        if (await proxy.UpstreamProblemAsync(cancellation).ConfigureAwait(false) is { } problem)
        {
            terminal.Error.WriteLine($"{Printable.Line(problem)}; clients get 502 until it can");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Readable by its owner alone from its first byte.</summary>
    private static void WriteToken(string path, string token)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new StreamWriter(path, options);
        file.Write(token);
    }

    private static IReadOnlyList<LooseFault> Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[MaxFileBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var (faults, problems) = FaultFile.Read(path, bytes.AsMemory(0, length), ProxyFaults.Catalogue);
            return problems.Count == 0 ? faults : throw new UsageException([.. problems.Select(problem => problem.ToString())]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--faults {path}: cannot be read ({problem.Message}); name a file with faults: [ ... ].");
        }
    }

    internal static IPEndPoint ReadListen(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var address) && text.Contains(':', StringComparison.Ordinal))
        {
            return address;
        }

        result.AddError($"--listen {text}: not an address and a port; write for example 127.0.0.1:9000");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    internal static Uri ReadUpstream(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { PathAndQuery: "/", UserInfo: "", Fragment: "" })
        {
            return url;
        }

        result.AddError($"--upstream {Printable.Line(text, 200)}: not scheme, host and port alone; write for example http://127.0.0.1:8080, and let clients add /v1");
        return new Uri("http://127.0.0.1/");
    }
}
