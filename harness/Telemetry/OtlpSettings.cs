using System.Globalization;
using System.Net;
using System.Net.Security;
using ChaosBench.Reports.Telemetry;

namespace ChaosBench.Harness.Telemetry;

/// <summary>What is sent to a collector.</summary>
internal enum OtlpSignal
{
    Traces,
    Metrics,
}

/// <summary>How one signal is sent.</summary>
/// <param name="Json">OTLP/JSON; else protobuf.</param>
/// <param name="Timeout">Of one request. Default 10 s.</param>
/// <param name="Tls">Null: this machine's own trust, and no certificate of ours.</param>
internal sealed record OtlpLine(
    Uri Endpoint, IReadOnlyList<KeyValuePair<string, string>> Headers, bool Json, bool Gzip, TimeSpan Timeout, SslClientAuthenticationOptions? Tls)
{
    /// <summary>Records do; this one must not print what it holds.</summary>
    public override string ToString() => nameof(OtlpLine);
}

/// <summary>Where telemetry goes and how: <c>--otlp</c> and the standard <c>OTEL_*</c> variables. Holds secrets: it is never written anywhere.</summary>
internal sealed record OtlpSettings
{
    /// <summary>In place of a URL: the environment says it all.</summary>
    public const string FromEnvironment = "env";

    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string UsualEndpoint = "http://localhost:4318";

    public required IReadOnlyDictionary<OtlpSignal, OtlpLine> Lines { get; init; }

    /// <summary>Spans in one request, and those that wait for the collector at most.</summary>
    public int BatchSize { get; init; } = 512;
    public int QueueSize { get; init; } = 2048;

    /// <summary>Attributes of the resource that the operator adds or replaces.</summary>
    public IReadOnlyList<KeyValue> Resource { get; init; } = [];

    /// <summary>Prompts and outputs go along, as far as the run kept them.</summary>
    public bool WithTexts { get; init; }

    /// <summary>Without what could be secret in it.</summary>
    public string Place => Lines[OtlpSignal.Traces].Endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Records do; this one must not print what it holds.</summary>
    public override string ToString() => $"OtlpSettings {{ {Place} }}";

    /// <param name="target">A base URL, or <see cref="FromEnvironment"/>.</param>
    /// <param name="variable">Reads the environment.</param>
    /// <returns>Null: <c>OTEL_SDK_DISABLED</c> is true.</returns>
    /// <exception cref="UsageException">A URL or a variable that cannot be used; its value is never shown.</exception>
    public static OtlpSettings? Read(string target, Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED")?.Trim(), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new OtlpSettings
        {
            Lines = Enum.GetValues<OtlpSignal>().ToDictionary(signal => signal, signal => Line(target, signal, variable)),
            BatchSize = Whole(variable, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512, 1, 10_000),
            QueueSize = Whole(variable, "OTEL_BSP_MAX_QUEUE_SIZE", 2048, 1, 1_000_000),
            Resource = ResourceOf(variable),
        };
    }

    private static OtlpLine Line(string target, OtlpSignal signal, Func<string, string?> variable)
    {
        var endpoint = Endpoint(target, signal, variable);
        (string Name, string Value)? Find(string end) => Named(signal, end, variable);
        return new OtlpLine(
            endpoint,
            Find("HEADERS") is { } headers ? Pairs(headers.Value, headers.Name) : [],
            Protocol(Find("PROTOCOL")) == "http/json",
            OneOf(Find("COMPRESSION"), "none", "gzip") == "gzip",
            TimeSpan.FromMilliseconds(Find("TIMEOUT") is { } timeout ? Whole(timeout.Value, timeout.Name, 1, 600_000) : 10_000),
            OtlpCertificates.Of(endpoint, Find));
    }

    /// <summary>As the specification has it: a signal's own variable goes before the common one.</summary>
    private static (string Name, string Value)? Named(OtlpSignal signal, string end, Func<string, string?> variable)
    {
        var (own, common) = ($"{Prefix}{Word(signal)}_{end}", Prefix + end);
        return Given(variable, own) is { } exact ? (own, exact) : Given(variable, common) is { } all ? (common, all) : null;
    }

    private static Uri Endpoint(string target, OtlpSignal signal, Func<string, string?> variable)
    {
        var path = signal == OtlpSignal.Traces ? "/v1/traces" : "/v1/metrics";
        if (target != FromEnvironment)
        {
            return Append(Checked(target, "--otlp"), path);
        }

        // As the specification has it: a signal's own endpoint is used as it is, the common one is a base.
        var own = $"{Prefix}{Word(signal)}_ENDPOINT";
        return Given(variable, own) is { } exact
            ? Checked(exact, own)
            : Append(Checked(Given(variable, Prefix + "ENDPOINT") ?? UsualEndpoint, Prefix + "ENDPOINT"), path);
    }

    private static Uri Append(Uri url, string path) =>
        url.AbsolutePath.EndsWith(path, StringComparison.Ordinal) ? url : new UriBuilder(url) { Path = url.AbsolutePath.TrimEnd('/') + path }.Uri;

    private static Uri Checked(string text, string where) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? url.UserInfo.Length == 0
                ? url
                : throw new UsageException($"{where}: a user or password in the URL; put it into {Prefix}HEADERS instead, as Authorization=Basic%20...")
            : throw new UsageException($"{where}: not an http or https URL; write http://HOST:4318, or env to take all from {Prefix}ENDPOINT");

    private static List<KeyValuePair<string, string>> Pairs(string text, string where)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = at > 0 ? (part[..at].Trim(), WebUtility.UrlDecode(part[(at + 1)..].Trim().Replace("+", "%2B", StringComparison.Ordinal))) : ("", "");
            if (name.Length == 0 || value.AsSpan().ContainsAny('\r', '\n', '\0'))
            {
                throw new UsageException($"{where}: not a list of pairs; write name=value,name=value with values percent-encoded");
            }

            pairs.Add(new(name, value));
        }

        return pairs;
    }

    /// <summary>gRPC is the default of some languages' SDKs, so that it may well stand in an environment that was made for them.</summary>
    private static string Protocol((string Name, string Value)? given) => given is { Value: "grpc" }
        ? throw new UsageException($"{given.Value.Name}: grpc is not spoken here; set it to http/protobuf or http/json, and the endpoint to the collector's "
            + "port for HTTP (usually 4318, not 4317)")
        : OneOf(given, "http/protobuf", "http/json");

    /// <summary>The first is the usual one.</summary>
    private static string OneOf((string Name, string Value)? given, params string[] known) => given is not { } set ? known[0]
        : known.Contains(set.Value, StringComparer.Ordinal)
            ? set.Value
            : throw new UsageException($"{set.Name}: {Printable.Line(set.Value, 40)} is not spoken here; set it to {string.Join(" or ", known)}");

    private static int Whole(Func<string, string?> variable, string name, int usual, int least, int most) =>
        Given(variable, name) is { } text ? Whole(text, name, least, most) : usual;

    private static int Whole(string text, string name, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new UsageException(FormattableString.Invariant($"{name}: {Printable.Line(text, 40)} is not a whole number from {least} to {most}"));

    private static List<KeyValue> ResourceOf(Func<string, string?> variable)
    {
        const string Attributes = "OTEL_RESOURCE_ATTRIBUTES";
        var pairs = Given(variable, Attributes) is { } text ? Pairs(text, Attributes) : [];
        var given = pairs.Select(pair => KeyValue.Of(pair.Key, pair.Value)).ToList();
        return Given(variable, "OTEL_SERVICE_NAME") is { } name ? [KeyValue.Of("service.name", name), .. given.Where(one => one.Key != "service.name")] : given;
    }

    /// <summary>An empty variable counts as none, as the specification wants it.</summary>
    private static string? Given(Func<string, string?> variable, string name) => variable(name) is { } value && value.Trim() is { Length: > 0 } text ? text : null;

    private static string Word(OtlpSignal signal) => signal == OtlpSignal.Traces ? "TRACES" : "METRICS";
}
