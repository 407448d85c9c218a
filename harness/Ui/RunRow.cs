using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Ui;

/// <summary>One run in the list. Texts are safe to show; absent numbers are absent. Seconds and shares.</summary>
internal sealed record RunRow
{
    /// <summary>As the pages name it: the folder's name.</summary>
    public required string Run { get; init; }

    /// <summary>The same, safe to show.</summary>
    public required string Folder { get; init; }

    /// <summary>Why it does not read. Null: it does.</summary>
    public string? Problem { get; init; }

    public string? Scenario { get; init; }
    public string? Target { get; init; }
    public string? Baseline { get; init; }
    public DateTimeOffset? Started { get; init; }

    /// <summary>Null: it has not ended.</summary>
    public RunVerdict? Verdict { get; init; }

    /// <summary>It has not ended, and wrote a moment ago.</summary>
    public bool? IsRunning { get; init; }

    public string? Headline { get; init; }
    public long? Requests { get; init; }

    /// <summary>Of the requests, those that did not complete and were not stopped by the run itself.</summary>
    public double? Failed { get; init; }

    public int? Faults { get; init; }

    /// <summary>Of the candidate, all measured phases together; infinite when failures reach it.</summary>
    public double? TtftP50 { get; init; }
    public double? TtftP99 { get; init; }
    public double? E2eP50 { get; init; }
    public double? E2eP99 { get; init; }
    public double? Accuracy { get; init; }
    public double? Goodput { get; init; }

    public static RunRow Broken(string name, string why) => new() { Run = name, Folder = Text(name, 120)!, Problem = Text(why, 400) };

    public static RunRow Of(string name, Manifest manifest, Summary? summary)
    {
        var candidate = manifest.Targets.FirstOrDefault(target => target.Role == "candidate");
        var row = new RunRow
        {
            Run = name,
            Folder = Text(name, 120)!,
            Scenario = Text(manifest.Scenario, 120),
            Target = Text(candidate?.Name, 120),
            Baseline = Text(manifest.Targets.FirstOrDefault(target => target.Role == "baseline")?.Name, 120),
            Started = manifest.StartedUtc,
        };
        if (summary is null)
        {
            return row;
        }

        var metrics = candidate is not null && summary.Targets.TryGetValue(candidate.Name, out var target)
            ? target.Phases.GetValueOrDefault("all") : null;
        var requests = summary.Counts.GetValueOrDefault("arrivals");
        var bad = requests - summary.Counts.GetValueOrDefault("completed") - summary.Counts.GetValueOrDefault("cancelled");
        return row with
        {
            Verdict = summary.Verdict,
            Headline = Text(summary.Headline, 400),
            Requests = requests,
            Failed = requests > 0 ? bad / (double)requests : null,
            Faults = summary.Faults.Count,
            TtftP50 = metrics?.GetValueOrDefault("ttft")?.P50,
            TtftP99 = metrics?.GetValueOrDefault("ttft")?.P99,
            E2eP50 = metrics?.GetValueOrDefault("e2e")?.P50,
            E2eP99 = metrics?.GetValueOrDefault("e2e")?.P99,
            Accuracy = metrics?.GetValueOrDefault("accuracy")?.Value,
            Goodput = metrics?.GetValueOrDefault("goodput")?.Value,
        };
    }

    private static string? Text(string? text, int limit) => text is null ? null : Printable.Line(text, limit);
}
