namespace ChaosBench.Harness.Initialising;

/// <summary>What an endpoint showed when it was asked. Texts from it are one line each and not to be trusted.</summary>
internal sealed record EndpointFacts
{
    /// <summary>Base of the API, without a slash at its end.</summary>
    public required string Url { get; init; }

    /// <summary>The model that questions named.</summary>
    public required string Model { get; init; }

    /// <summary>Questions go to <c>/completions</c>: there is no chat.</summary>
    public bool IsCompletions { get; init; }

    /// <summary>It answers piece by piece; else whole.</summary>
    public bool Streams { get; init; }

    /// <summary>It takes <c>stream_options.include_usage</c>, and counts its tokens.</summary>
    public bool CountsUsage { get; init; }

    /// <summary>The page of metrics in Prometheus' text form. Null: none was found.</summary>
    public string? MetricsUrl { get; init; }

    /// <summary>What was found, for people: a word and a sentence each.</summary>
    public required IReadOnlyList<(string What, string Found)> Found { get; init; }
}
