namespace ChaosBench.Scenarios.Model;

/// <summary>A system outside the run that notices faults, or says that it has dealt with one: a team's alerting, its roll-back pipeline.</summary>
public sealed record DetectionSource
{
    /// <summary>Unique in the scenario: who detected, in reports.</summary>
    public required string Name { get; init; }

    public required DetectionMeans Means { get; init; }

    /// <summary>Id of the one fault that it speaks of. Null: any.</summary>
    public string? Fault { get; init; }

    /// <summary>Between two looks. What it finds is as late as this.</summary>
    public required TimeSpan Every { get; init; }

    public required DetectionLook Look { get; init; }
}

public enum DetectionMeans
{
    /// <summary>It noticed.</summary>
    Detection,

    /// <summary>It says that it dealt with it.</summary>
    Mitigation,
}

/// <summary>How it is heard. A closed set.</summary>
public abstract record DetectionLook
{
    private DetectionLook() { }

    /// <summary>It calls us.</summary>
    /// <param name="Port">Of loopback; 0: any free one.</param>
    public sealed record Webhook(int Port) : DetectionLook;

    /// <summary>We GET a URL: noticed when the status and the text are as stated.</summary>
    /// <param name="Status">Null: 200.</param>
    /// <param name="Contains">Null: any body.</param>
    public sealed record Http(string Url, int? Status, string? Contains) : DetectionLook;

    /// <summary>We ask a Prometheus server: noticed while the alert fires, or the query has a result. Exactly one of the two is set.</summary>
    public sealed record Prometheus(string Url, string? Alert, string? Query) : DetectionLook;

    /// <summary>We start a program: exit code 0 is noticed, 1 is not.</summary>
    public sealed record Command(IReadOnlyList<string> Words) : DetectionLook;
}
