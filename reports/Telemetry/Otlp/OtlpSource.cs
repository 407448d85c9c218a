namespace ChaosBench.Reports.Telemetry.Otlp;

/// <summary>Who says it: the resource and the instrumentation scope of everything that a run exports.</summary>
/// <param name="Resource">Attributes of the resource.</param>
public sealed record OtlpSource(string ToolVersion, IReadOnlyList<KeyValue> Resource)
{
    public const string ScopeName = "chaosbench";

    /// <summary>The semantic conventions whose names are used; all of <c>gen_ai.*</c> is of the status "development" there.</summary>
    public const string SchemaUrl = "https://opentelemetry.io/schemas/1.41.0";

    /// <param name="extra">Of the operator (<c>OTEL_RESOURCE_ATTRIBUTES</c>, <c>OTEL_SERVICE_NAME</c>); they win.</param>
    public static OtlpSource Of(TelemetryRun run, IReadOnlyList<KeyValue>? extra = null)
    {
        List<KeyValue> own =
        [
            KeyValue.Of("service.name", "chaosbench"),
            KeyValue.Of("service.version", run.Start.ToolVersion),
            KeyValue.Of("service.instance.id", run.Ids.RunId),
            KeyValue.Of("chaosbench.run.id", run.Ids.RunId),
            KeyValue.Of("chaosbench.scenario", run.Start.Scenario),
            KeyValue.Of("chaosbench.seed", run.Start.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            KeyValue.Of("chaosbench.plan.sha256", run.Start.PlanSha256),
        ];
        var given = extra ?? [];
        return new OtlpSource(
            run.Start.ToolVersion, [.. own.Where(mine => given.All(theirs => theirs.Key != mine.Key)), .. given.DistinctBy(theirs => theirs.Key)]);
    }
}
