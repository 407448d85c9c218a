using ChaosBench.Harness;
using ChaosBench.Harness.Telemetry;
using ChaosBench.Reports.Telemetry;

namespace ChaosBench.Tests.Harness.Telemetry;

/// <summary>The standard variables, and what is said about wrong ones: never their values where those could be secret.</summary>
public sealed class OtlpSettingsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces", "http://127.0.0.1:4318/v1/metrics")]
    [InlineData("https://otel.example/base/", "https://otel.example/base/v1/traces", "https://otel.example/base/v1/metrics")]
    [InlineData("env", "http://localhost:4318/v1/traces", "http://localhost:4318/v1/metrics")]
    public void Read_Target_IsABaseUrl(string target, string traces, string metrics)
    {
        var settings = Read(target)!;

        Assert.Equal(traces, settings.Lines[OtlpSignal.Traces].Endpoint.ToString());
        Assert.Equal(metrics, settings.Lines[OtlpSignal.Metrics].Endpoint.ToString());
        Assert.All(settings.Lines.Values, line => Assert.False(line.Json));
    }

    [Fact]
    public void Read_Environment_IsTheSpecifications()
    {
        var settings = Read("env",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1/x"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:2/y"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20a%3Db, x-team = one"), ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-only=metrics"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "7"), ("OTEL_SERVICE_NAME", "drills"), ("OTEL_RESOURCE_ATTRIBUTES", "team=sre,service.name=other"))!;

        Assert.Equal("http://127.0.0.1:2/y", settings.Lines[OtlpSignal.Traces].Endpoint.ToString());
        Assert.Equal("http://127.0.0.1:1/x/v1/metrics", settings.Lines[OtlpSignal.Metrics].Endpoint.ToString());
        Assert.Equal([new("Authorization", "Bearer a=b"), new("x-team", "one")], settings.Lines[OtlpSignal.Traces].Headers);
        Assert.Equal([new("x-only", "metrics")], settings.Lines[OtlpSignal.Metrics].Headers);
        Assert.Equal(7, settings.BatchSize);
        Assert.All(settings.Lines.Values, line => Assert.True(line is { Json: true, Gzip: true, Tls: null } && line.Timeout == TimeSpan.FromSeconds(1.5)));
        Assert.Equal([KeyValue.Of("service.name", "drills"), KeyValue.Of("team", "sre")], settings.Resource);
        Assert.DoesNotContain("Bearer", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SignalsOwnVariables_GoBeforeTheCommonOnes()
    {
        var settings = Read("env",
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gzip"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "7"))!;

        Assert.True(settings.Lines[OtlpSignal.Traces] is { Json: false, Gzip: false, Timeout.TotalMilliseconds: 7 });
        Assert.True(settings.Lines[OtlpSignal.Metrics] is { Json: true, Gzip: true, Timeout.TotalSeconds: 10 });
    }

    [Fact]
    public void Read_CertificatesForAnEndpointWithoutTls_AreNotLookedAt() =>
        Assert.Null(Read("http://127.0.0.1:1", ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere.pem"))!.Lines[OtlpSignal.Traces].Tls);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere.pem", "OTEL_EXPORTER_OTLP_CERTIFICATE: /nowhere.pem cannot be read as PEM")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "/dev/null", "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: /dev/null holds no certificate; name a PEM file")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key.pem", "OTEL_EXPORTER_OTLP_CLIENT_KEY: stands alone; set both ..._CLIENT_CERTIFICATE and ..._CLIENT_KEY")]
    public void Read_CertificateThatCannotBeUsed_SaysWhichVariable(string name, string value, string message) =>
        Assert.StartsWith(message, Assert.Throws<UsageException>(() => Read("https://127.0.0.1:1", (name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_ExplicitTarget_WinsOverTheEnvironment() => Assert.Equal(
        "http://127.0.0.1:9/v1/traces", Read("http://127.0.0.1:9", ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:2/y"))!.Lines[OtlpSignal.Traces].Endpoint.ToString());

    [Fact]
    public void Read_SdkDisabled_IsNothing() => Assert.Null(Read("env", ("OTEL_SDK_DISABLED", "TRUE")));

    [Theory]
    [InlineData("collector:4317", null, null, "--otlp: not an http or https URL; write http://HOST:4318")]
    [InlineData("grpc://x", null, null, "--otlp: not an http or https URL")]
    [InlineData("http://me:pw@x:1", null, null, "--otlp: a user or password in the URL; put it into OTEL_EXPORTER_OTLP_HEADERS")]
    [InlineData("env", "OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere", "OTEL_EXPORTER_OTLP_ENDPOINT: not an http or https URL")]
    [InlineData("env", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "OTEL_EXPORTER_OTLP_PROTOCOL: grpc is not spoken here; set it to http/protobuf or http/json, and the endpoint to the collector's port for HTTP")]
    [InlineData("env", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: grpc is not spoken here")]
    [InlineData("env", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zstd", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: zstd is not spoken here; set it to none or gzip")]
    [InlineData("env", "OTEL_EXPORTER_OTLP_HEADERS", "tok3n", "OTEL_EXPORTER_OTLP_HEADERS: not a list of pairs; write name=value,name=value")]
    [InlineData("env", "OTEL_EXPORTER_OTLP_HEADERS", "a=x%0d%0atok3n", "OTEL_EXPORTER_OTLP_HEADERS: not a list of pairs")]
    [InlineData("env", "OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "OTEL_EXPORTER_OTLP_TIMEOUT: 10s is not a whole number from 1 to 600000")]
    public void Read_WrongValue_SaysWhichAndWhatWouldBeRight(string target, string? name, string? value, string message)
    {
        var problem = Assert.Throws<UsageException>(() => name is null ? Read(target) : Read(target, (name, value!)));

        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tok3n", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw@", problem.Message, StringComparison.Ordinal);
    }

    private static OtlpSettings? Read(string target, params (string Name, string Value)[] variables) =>
        OtlpSettings.Read(target, name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
