using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Grading;

/// <summary>
/// Scores of one answer against the known one and of what the mix asserts, made on the raw text in memory. A request that should
/// have been answered and was not has scores without a value, which count as wrong. Requests that we cancelled say nothing about
/// the target and have none.
/// </summary>
public static class Graders
{
    public const string Accuracy = "accuracy";
    public const string FieldAccuracy = "field_accuracy";
    public const string ValidJson = "valid_json";

    /// <summary>Longer answers count as wrong unread: no expected answer is that long.</summary>
    public const int MaxChars = 1024 * 1024;

    /// <summary>Whether the answer's text matters.</summary>
    public static bool Concern(Arrival arrival) =>
        arrival is { Prompt.Expected: not null, Cohort.Grader: not GraderKind.None } || arrival.Assertions.Count > 0;

    /// <param name="at">Instant of the scores, nanoseconds of the run's clock.</param>
    public static IReadOnlyList<JournalEvent.Score> Grade(Arrival arrival, in Response response, long at)
    {
        ArgumentNullException.ThrowIfNull(arrival);

        // Most requests have nothing to grade; a method of its own, because a closure is made where its variables begin.
        return response.Outcome == Outcome.Cancelled || (arrival.Prompt.Expected is null && arrival.Assertions.Count == 0)
            ? []
            : GradeAll(arrival, response, at);
    }

    private static IReadOnlyList<JournalEvent.Score> GradeAll(Arrival arrival, Response response, long at)
    {
        var output = response.Outcome == Outcome.Completed && response.Text is { Length: <= MaxChars } text ? text : null;
        var grades = arrival.Prompt.Expected is { } expected ? ByKnownAnswer(expected) : [];
        return arrival.Assertions.Count == 0 ? grades
            : [.. grades, .. Assertions.Check(arrival, output, response).Select(held => Score(Metrics.NameOf(held.Metric), held.Value, held.Detail))];

        IReadOnlyList<JournalEvent.Score> ByKnownAnswer(string expected) => arrival.Cohort.Grader switch
        {
            GraderKind.None => [],
            GraderKind.Exact => [One(Accuracy, output is null ? null : output.Trim() == expected.Trim())],
            GraderKind.Contains => [One(Accuracy, output?.Contains(expected.Trim(), StringComparison.Ordinal))],
            GraderKind.JsonFields => JsonFields(expected, output),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        JournalEvent.Score One(string grader, bool? right) => Score(grader, right is { } known ? known ? 1 : 0 : null, null);

        JournalEvent.Score Score(string grader, double? value, string? detail) =>
            new() { At = at, Arrival = arrival.Index, Grader = grader, Value = value, Detail = detail };

        IReadOnlyList<JournalEvent.Score> JsonFields(string known, string? answer)
        {
            var grade = answer is null ? null : JsonFieldGrader.Grade(known, answer);
            return
            [
                Score(Accuracy, grade?.Accuracy, grade?.Detail),
                Score(FieldAccuracy, grade?.FieldAccuracy, null),
                Score(ValidJson, grade?.Valid, null),
            ];
        }
    }
}
