using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running;

/// <summary>Makes remote targets: the one place where <c>${NAME}</c> becomes a value.</summary>
internal static class OpenAiTargets
{
    /// <exception cref="TargetUnavailableException">A resolved URL that is none, a certificate file that cannot be used.</exception>
    public static OpenAiTarget Create(Target.OpenAi target, Func<Templated, string> resolve, TimeProvider time, TraceIds? traces = null) =>
        new(Settings(target, resolve, time, traces));

    /// <exception cref="TargetUnavailableException">A resolved URL that is none.</exception>
    public static OpenAiSettings Settings(Target.OpenAi target, Func<Templated, string> resolve, TimeProvider time, TraceIds? traces = null) => new()
    {
        Name = target.Name,
        Url = Absolute(target.Name, "url", target.Url, resolve),
        Model = resolve(target.Model),
        ApiKey = target.ApiKey is { } key ? resolve(key) : null,
        Api = target.Api,
        Headers = target.Headers.ToDictionary(header => header.Key, header => resolve(header.Value)),
        ApiVersion = target.ApiVersion,
        CaCertificate = target.CaCertificate,
        ClientCertificate = target.ClientCertificate,
        ClientKey = target.ClientKey,
        Proxy = target.Proxy is { } proxy ? Absolute(target.Name, "proxy", proxy, resolve) : null,
        Budget = target.Budget,
        RetryAfter = target.RetryAfter,
        Usage = target.Usage,
        CountsTokens = target.Tokenizer is not null,
        Traces = traces,
        Time = time,
    };

    /// <summary>Why no fault proxy can stand in front of it, continuing "stream.cut ..."; null where one can.</summary>
    public static string? NoProxyReason(Target.OpenAi target) => target switch
    {
        { Proxy: not null } => $"would be one proxy too many: target '{target.Name}' is reached through its own; leave proxy: out",
        { CaCertificate: not null } or { ClientCertificate: not null } =>
            $"cannot be put between certificates of your own and target '{target.Name}'; start 'chaosbench proxy --ca-certificate FILE' in front of it, and write its address as url:",
        _ => null,
    };

    /// <exception cref="TargetUnavailableException">It resolves to none.</exception>
    public static Uri UrlOf(Target.OpenAi target, Func<Templated, string> resolve) => Absolute(target.Name, "url", target.Url, resolve);

    /// <summary>The message names the template, never the value: a URL may hold a password.</summary>
    private static Uri Absolute(string target, string key, Templated url, Func<Templated, string> resolve) =>
        Uri.TryCreate(resolve(url), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new TargetUnavailableException($"target '{target}': {key} {url.Template} does not resolve to an http or https URL");
}
