using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Prompts with known answers before, during and after one fault. The same prompt is compared with itself: what was always right before
/// the fault should be right after it. Answers that did not come are no wrong answers: their outcome is counted elsewhere.
/// </summary>
public sealed record CanaryLog
{
    private const int MostNamed = 20;

    /// <summary>Canaries of the plan that were due before, during and after, whatever became of them.</summary>
    public required CanaryFalls Fell { get; init; }

    public required CanaryCount Before { get; init; }
    public required CanaryCount During { get; init; }
    public required CanaryCount After { get; init; }

    /// <summary>Prompts that were always right before and were asked again afterwards.</summary>
    public required int Paired { get; init; }

    /// <summary>Of these, the ids of prompts that got a wrong answer afterwards; the first twenty.</summary>
    public required IReadOnlyList<string> Spoilt { get; init; }

    /// <summary>Prompts always right before that got a wrong answer while the fault was active: silently wrong.</summary>
    public required int SilentlyWrong { get; init; }

    /// <summary>What the comparison lacks, continuing "no canary ..."; null: it can be made.</summary>
    public string? Gap =>
        Fell.Before == 0 ? "was due before it"
        : Fell.During == 0 ? "was due while it was active"
        : Fell.After == 0 ? "was due after it was lifted"
        : Before.Asked == 0 ? "was answered before it"
        : After.Asked == 0 ? "was answered after it was lifted"
        : Paired == 0 ? "that was always right before it was asked again after it was lifted"
        : null;

    /// <summary>Null when the mix has no canary that is graded, or nothing was injected.</summary>
    internal static CanaryLog? Of(FaultLog fault, IReadOnlyList<FaultLog> all, Measurements run)
    {
        if (fault.InjectedAt is not { } injected)
        {
            return null;
        }

        var cleared = fault.ClearedAt ?? long.MaxValue;
        var due = run.Requests.Where(request => request.Cohort.Role == PromptRole.Canary && request.Target == run.Candidate
            && request.Phase != Phase.WarmUp).ToList();
        var canaries = due.Where(request => request is { Completed: true, Accuracy: not null }).ToList();
        if (due.Count == 0 || (canaries.Count == 0 && due.Exists(request => request.Completed)))
        {
            return null;
        }

        // By when it was answered on the near side, by when it was asked on the far one: what overlaps the fault is during.
        bool IsBefore(Request request) => request.EndedAt < injected;
        // Under another fault a wrong answer is that one's.
        bool IsAfter(Request request) => request.PlannedAt >= cleared && !all.Any(other => other.IsActiveAt(request.PlannedAt));
        var before = canaries.Where(IsBefore).ToList();
        var after = canaries.Where(IsAfter).ToList();
        var during = canaries.Except(before).Except(after).ToList();
        var right = before.GroupBy(Key).Where(group => group.All(IsRight)).Select(group => group.Key).ToHashSet();
        var wrongAfter = after.Where(request => !IsRight(request)).Select(Key).Where(right.Contains).Distinct().ToList();
        return new CanaryLog
        {
            Fell = new CanaryFalls(due.Count(IsBefore), due.Count(request => !IsBefore(request) && request.PlannedAt < cleared), due.Count(IsAfter)),
            Before = CanaryCount.Of(before),
            During = CanaryCount.Of(during),
            After = CanaryCount.Of(after),
            Paired = after.Select(Key).Where(right.Contains).Distinct().Count(),
            Spoilt = [.. wrongAfter.Select(key => key.Prompt).Distinct().Take(MostNamed)],
            SilentlyWrong = during.Where(request => !IsRight(request)).Select(Key).Where(right.Contains).Distinct().Count(),
        };
    }

    internal static bool IsRight(Request request) => request.Accuracy >= 1;

    /// <summary>A prompt asked at another temperature is another canary.</summary>
    private static (string Set, string Prompt, double Temperature) Key(Request request) =>
        (request.Cohort.Prompts, request.PromptId, request.Cohort.Temperature);
}

/// <summary>Requests, by when they were due beside the fault.</summary>
public sealed record CanaryFalls(int Before, int During, int After);

/// <param name="Asked">Answered and graded.</param>
public sealed record CanaryCount(int Asked, int Right)
{
    /// <summary>Null of none.</summary>
    public double? Share => Asked == 0 ? null : (double)Right / Asked;

    internal static CanaryCount Of(IReadOnlyCollection<Request> requests) => new(requests.Count, requests.Count(CanaryLog.IsRight));
}
