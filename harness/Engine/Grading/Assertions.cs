using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Engine.Targets;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Engine.Grading;

/// <summary>
/// Holds one answer against what the mix asserts about it. Each kind of assertion gives one score, the least where there are
/// several of a kind, and all together give <c>assertions_held</c>. Work is bounded whatever the answer is: it runs beside the load.
/// </summary>
internal static class Assertions
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    /// <param name="Value">0 to 1; null: nothing came that could be graded, which counts as wrong.</param>
    /// <param name="Detail">Never output text.</param>
    public sealed record Grade(MetricId Metric, double? Value, string? Detail);

    /// <param name="Holds">A likeness of 0.7 does when 60 % are asked for.</param>
    private readonly record struct Held(double? Value, bool Holds, string? Detail = null);

    /// <param name="output">Null when there is no answer, or one too large to look at.</param>
    public static IReadOnlyList<Grade> Check(Arrival arrival, string? output, Response response)
    {
        var grades = new List<Grade>();
        var broken = new List<string>();
        foreach (var kind in arrival.Assertions.Where(assertion => !assertion.Compares || arrival.Prompt.Expected is not null)
            .GroupBy(assertion => assertion.Metric))
        {
            var held = kind.Select(assertion => output is null ? new Held(null, false) : Look(assertion, output, arrival, response)).ToList();
            var least = held.MinBy(one => one.Value ?? -1);
            grades.Add(new Grade(kind.Key, least.Value, least.Detail));
            if (!held.TrueForAll(one => one.Holds))
            {
                broken.Add(Metrics.NameOf(kind.Key));
            }
        }

        return grades.Count == 0 ? []
            : [.. grades, new Grade(MetricId.AssertionsHeld, output is null ? null : broken.Count == 0 ? 1 : 0, broken.Count == 0 ? null : OneLine.Of(string.Join(", ", broken)))];
    }

    private static Held Look(Assertion assertion, string output, Arrival arrival, Response response) => assertion switch
    {
        Assertion.Matches pattern => Matched(pattern, output),
        Assertion.HasSchema schema => Shaped(schema, output),
        Assertion.Near near => Numbers.Last(arrival.Prompt.Expected!) is { } wanted
            ? Right(Numbers.Last(output) is { } given && Math.Abs(given - wanted) <= near.Tolerance)
            : new Held(null, false, "the expected answer holds no number"),
        Assertion.Like like => Likeness.Of(like.Measure, output, arrival.Prompt.Expected!) is { } likeness
            ? new Held(likeness, likeness >= like.AtLeast.Value)
            : new Held(null, false, $"longer than {Likeness.MostParts} parts"),
        Assertion.Refuses refuses => Right(refuses.Wanted == (response.FinishReason == "content_filter" || Refusals.IsOne(output))),
        Assertion.HasLength length => Sized(length, output, response),
        Assertion.Finishes finishes => Right(response.FinishReason is { } reason && finishes.Reasons.Contains(reason)),
        Assertion.IsIn language => LanguageTeller.Of(output) is { } code
            ? Right(code == language.Code, code == language.Code ? null : $"in {code}")
            : Right(false, "no language could be told"),
        _ => throw new UnreachableException($"no rule for {assertion.GetType().Name}"),
    };

    private static Held Right(bool right, string? detail = null) => new(right ? 1 : 0, right, detail);

    private static Held Matched(Assertion.Matches pattern, string output)
    {
        try
        {
            return Right(pattern.Pattern.IsMatch(output) == pattern.Wanted);
        }
        catch (RegexMatchTimeoutException)
        {
            return new Held(null, false, "the pattern took too long");
        }
    }

    private static Held Shaped(Assertion.HasSchema schema, string output)
    {
        if (schema.Rule is not { } rule)
        {
            return new Held(null, false, "the schema was not read");
        }

        try
        {
            using var document = JsonDocument.Parse(output, Strict);
            var broken = rule.Violation(document.RootElement);
            return Right(broken is null, OneLine.Of(broken));
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or InvalidOperationException)
        {
            // Not JSON, or JSON by its grammar that holds no text: lone surrogates.
            return Right(false, "not one JSON value");
        }
    }

    private static Held Sized(Assertion.HasLength length, string output, Response response)
    {
        if ((length.MinTokens is not null || length.MaxTokens is not null) && response.OutputTokens is null)
        {
            return new Held(null, false, "the target did not say how many tokens");
        }

        var (chars, tokens) = (output.Length, response.OutputTokens ?? 0);
        return Right(
            chars >= (length.MinChars ?? 0) && chars <= (length.MaxChars ?? int.MaxValue)
            && tokens >= (length.MinTokens ?? 0) && tokens <= (length.MaxTokens ?? int.MaxValue));
    }
}
