using System.CommandLine;

namespace ChaosBench.Harness.Telemetry;

/// <summary>What <c>run</c> and <c>report</c> have in common about collectors.</summary>
internal sealed class OtlpOptions
{
    public Option<string?> Target { get; } = new("--otlp")
    {
        Description = "Send traces and metrics of the run to an OpenTelemetry collector, over OTLP/HTTP once it has ended: a base URL, or env for "
            + "OTEL_EXPORTER_OTLP_ENDPOINT; headers, protocol and the like come from the OTEL_* variables",
        HelpName = "URL|env",
    };

    public Option<bool> Content { get; } = new("--otlp-content")
    {
        Description = "Prompts and outputs too, in spans: as far as the run kept them, and as they were redacted",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Target);
        command.Options.Add(Content);
    }

    /// <summary>Null: nothing is to be sent.</summary>
    /// <exception cref="UsageException">It cannot be used.</exception>
    public OtlpSettings? Read(ParseResult parsed)
    {
        if (parsed.GetValue(Target) is not { } target)
        {
            return null;
        }

        var settings = OtlpSettings.Read(target, Environment.GetEnvironmentVariable);
        return settings is null ? null : settings with { WithTexts = parsed.GetValue(Content) };
    }
}
