using System.CommandLine;
using System.Net;
using System.Text.RegularExpressions;
using ChaosBench.Harness.Recording;

namespace ChaosBench.Harness.Commands;

/// <summary>What can be said after <c>chaosbench record</c>.</summary>
internal sealed partial class RecordOptions
{
    private readonly Option<Uri> _upstream = new("--upstream")
    {
        Description = "The endpoint behind it, the only place that is ever asked: scheme, host and port", HelpName = "URL", Required = true,
        CustomParser = ProxyCommand.ReadUpstream,
    };

    private readonly Option<FileInfo> _output = new("--out") { Description = "The trace; must not be there yet", HelpName = "FILE", Required = true };

    private readonly Option<IPEndPoint> _listen = new("--listen")
    {
        Description = "Address and port for clients; port 0 takes any free one. Default 127.0.0.1:9000", HelpName = "127.0.0.1:P",
        DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 9000), CustomParser = ProxyCommand.ReadListen,
    };

    private readonly Option<double> _sample = new("--sample")
    {
        Description = "Keep this share of the sessions, each as a whole, and of requests without one (default 100%)", HelpName = "SHARE",
        DefaultValueFactory = _ => 1, CustomParser = OptionValues.Share(0, 1),
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Decides which", HelpName = "N", DefaultValueFactory = _ => 1, CustomParser = OptionValues.Whole<ulong>(0, ulong.MaxValue),
    };

    private readonly Option<long> _maxRequests = new("--max-requests")
    {
        Description = "Record no more after so many (default 1000000)", HelpName = "N", DefaultValueFactory = _ => 1_000_000,
        CustomParser = OptionValues.Whole<long>(1, long.MaxValue),
    };

    private readonly Option<long> _maxBytes = new("--max-mib")
    {
        Description = "Record no more once the trace has so many MiB (default 1024)", HelpName = "N", DefaultValueFactory = _ => 1024,
        CustomParser = OptionValues.Whole<long>(1, 1 << 20),
    };

    private readonly Option<int> _maxBody = new("--max-body-kib")
    {
        Description = "Requests and replies of more KiB pass and are not recorded (default 4096)", HelpName = "N", DefaultValueFactory = _ => 4096,
        CustomParser = OptionValues.Whole<int>(1, 64 << 10),
    };

    private readonly Option<TimeSpan?> _for = new("--for")
    {
        Description = "End by itself after so long", HelpName = "DURATION",
        CustomParser = result => OptionValues.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(30))(result),
    };

    private readonly Option<string> _session = new("--session-header")
    {
        Description = "The header by which clients name their conversations (default X-Session-Id); they are numbers in the trace", HelpName = "NAME",
        DefaultValueFactory = _ => "X-Session-Id", CustomParser = OptionValues.Matching(Token(), "not the name of a header; write for example X-Session-Id"),
    };

    private readonly Option<FileInfo?> _redact = new("--redact")
    {
        Description = "More to take out of prompts and answers: a file of names, and of patterns between slashes, one a line "
            + "(e-mail addresses, telephone and card numbers and keys always are)",
        HelpName = "FILE",
    };

    private readonly Option<bool> _raw = new("--no-redaction") { Description = "Write prompts and answers as they are; keys and cookies of headers never are" };
    private readonly Option<bool> _lengths = new("--lengths-only") { Description = "Write no prompts and answers, only the tokens that the service counts" };
    private readonly Option<string?> _authority = new("--ca-certificate") { Description = "PEM file of an own certificate authority, for an https upstream", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--client-certificate")
    {
        Description = "PEM file of a client certificate, for an https upstream; needs --client-key", HelpName = "FILE",
    };

    private readonly Option<string?> _key = new("--client-key") { Description = "PEM file of the client certificate's key", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _upstream, _output, _listen, _sample, _seed, _maxRequests, _maxBytes, _maxBody, _for, _session, _redact, _raw, _lengths,
            _authority, _certificate, _key,
        ];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">A file that does not read, or two options that exclude each other.</exception>
    public RecordingOptions Read(ParseResult parsed)
    {
        var (upstream, raw) = (parsed.GetValue(_upstream)!, parsed.GetValue(_raw));
        if (raw && parsed.GetValue(_redact) is not null)
        {
            throw new UsageException("--no-redaction beside --redact: leave one of them out.");
        }

        return new RecordingOptions
        {
            Upstream = upstream,
            Listen = parsed.GetValue(_listen)!,
            Output = parsed.GetValue(_output)!.ToString(),
            Redaction = raw ? null : Redaction.Rules(parsed.GetValue(_redact), []),
            LengthsOnly = parsed.GetValue(_lengths),
            SessionHeader = parsed.GetValue(_session)!,
            Sample = parsed.GetValue(_sample),
            Seed = parsed.GetValue(_seed),
            MaxRequests = parsed.GetValue(_maxRequests),
            MaxBytes = parsed.GetValue(_maxBytes) << 20,
            MaxBodyBytes = parsed.GetValue(_maxBody) << 10,
            For = parsed.GetValue(_for),
            Authorities = UpstreamCertificates.Authorities(parsed.GetValue(_authority), upstream),
            ClientCertificate = UpstreamCertificates.Client(parsed.GetValue(_certificate), parsed.GetValue(_key), upstream),
        };
    }

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
    private static partial Regex Token();
}
