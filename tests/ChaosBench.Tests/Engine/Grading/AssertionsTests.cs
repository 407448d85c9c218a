using System.Text.RegularExpressions;
using ChaosBench.Engine.Grading;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Server.Guardrails;

namespace ChaosBench.Tests.Engine.Grading;

public sealed class AssertionsTests
{
    public static TheoryData<Assertion, string, double?> Answers => new()
    {
        { new Assertion.Matches(Pattern("^[A-Z]-\\d{5}$"), true), "F-11834", 1 },
        { new Assertion.Matches(Pattern("^[A-Z]-\\d{5}$"), true), "order F-11834", 0 },
        { new Assertion.Matches(Pattern("(?i)as an ai"), false), "As an AI, I", 0 },
        { new Assertion.Matches(Pattern("(?i)as an ai"), false), "It ships tomorrow.", 1 },
        { Schema(), """{"intent":"late"}""", 1 },
        { Schema(), """{"intent":"latte"}""", 0 },
        { Schema(), """{"intent":"late"} and more""", 0 },
        { Schema(), "\ud800", 0 },
        { Schema(), new string('[', 100_000), 0 },
        { new Assertion.Near(0.01), "It is 18.005 dollars", 1 },
        { new Assertion.Near(0.01), "It is 18.02", 0 },
        { new Assertion.Near(0), "18 eggs, no: 17", 0 },
        { new Assertion.Near(0), "no number", 0 },
        { new Assertion.Refuses(false), "I\u2019m sorry, but I can't help with that.", 0 },
        { new Assertion.Refuses(false), "Your parcel ships tomorrow.", 1 },
        { new Assertion.Refuses(true), "I cannot assist with that request.", 1 },
        { new Assertion.Refuses(true), "Sure! First, take the wires", 0 },
        { new Assertion.HasLength(1, 5, null, null), "12345", 1 },
        { new Assertion.HasLength(1, 5, null, null), "123456", 0 },
        { new Assertion.HasLength(null, null, 3, 7), "x", 1 },
        { new Assertion.HasLength(null, null, 8, null), "x", 0 },
        { new Assertion.Finishes(["stop"]), "x", 1 },
        { new Assertion.Finishes(["length"]), "x", 0 },
        { new Assertion.IsIn("de"), "Das Paket ist noch nicht bei mir angekommen.", 1 },
        { new Assertion.IsIn("de"), "The parcel has not been delivered to me yet.", 0 },
        { new Assertion.IsIn("ja"), "荷物がまだ届いていません。", 1 },
        { new Assertion.IsIn("en"), "42", 0 },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Check_OneAssertion_ScoresIt(Assertion assertion, string answer, double? expected)
    {
        var scores = Grade([assertion], answer);

        Assert.Equal([Metrics.NameOf(assertion.Metric), "assertions_held"], scores.Select(score => score.Grader));
        Assert.All(scores, score => Assert.Equal(expected, score.Value));
    }

    [Fact]
    public void Check_LikenessBelowWhatIsAsked_KeepsTheScoreAndBreaksTheAssertion()
    {
        var scores = Grade([new Assertion.Like(MetricId.RougeL, new Share(0.9))], "the cat sat on the mat", "the cat is on the mat");

        Assert.Equal(5.0 / 6, scores[0].Value!.Value, 12);
        Assert.Equal((0, "rouge_l"), (scores[1].Value, scores[1].Detail));
    }

    [Fact]
    public void Check_SeveralOfAKind_TheWorstCounts()
    {
        Assertion[] both = [new Assertion.Matches(Pattern("a"), true), new Assertion.Matches(Pattern("b"), true)];

        Assert.Equal([1, 1], Grade(both, "ab").Select(score => score.Value!.Value));
        Assert.Equal([0, 0], Grade(both, "a").Select(score => score.Value!.Value));
    }

    /// <summary>What explodes is stopped by the clock and is wrong; what does not backtrack cannot explode.</summary>
    [Fact]
    public void Check_PatternThatExplodes_IsStoppedAndNeverHolds()
    {
        var slow = new Regex("^(?=(a+)+$)", RegexOptions.None, TimeSpan.FromMilliseconds(20));

        var scores = Grade([new Assertion.Matches(slow, true)], new string('a', 5_000) + "!");

        Assert.Equal((null, "the pattern took too long"), (scores[0].Value, scores[0].Detail));
        Assert.Equal(0, scores[1].Value);
    }

    [Fact]
    public void Check_PatternThatMustNotMatchButTookTooLong_IsNoPass()
    {
        var slow = new Regex("^(?=(a+)+$)", RegexOptions.None, TimeSpan.FromMilliseconds(20));

        Assert.Equal(0, Grade([new Assertion.Matches(slow, false)], new string('a', 5_000) + "!")[1].Value);
    }

    [Theory]
    [InlineData(Outcome.Failed)]
    [InlineData(Outcome.TimedOut)]
    [InlineData(Outcome.Truncated)]
    public void Check_NoAnswer_HasScoresWithoutAValue(Outcome outcome) =>
        Assert.All(Grade([new Assertion.Refuses(false)], "x", outcome: outcome), score => Assert.Null(score.Value));

    [Fact]
    public void Check_FloodOfText_HasScoresWithoutAValue() => Assert.All(
        Grade([new Assertion.Refuses(false)], new string('x', Graders.MaxChars + 1)), score => Assert.Null(score.Value));

    [Fact]
    public void Check_NothingToCompareWith_SaysNothing() =>
        Assert.Empty(Grade([new Assertion.Near(0), new Assertion.Like(MetricId.Bleu, new Share(0.5))], "18", expected: null));

    [Fact]
    public void Check_SchemaThatWasNotRead_IsNoPass() => Assert.Equal(0, Grade([new Assertion.HasSchema("x", null)], "{}")[1].Value);

    private static Regex Pattern(string text) => new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static Assertion.HasSchema Schema() => new("s.json", new JsonRule(new string('a', 64), JsonSchema.Parse(
        """{"type":"object","required":["intent"],"properties":{"intent":{"enum":["late","refund"]}}}""").Violation));

    private static List<JournalEvent.Score> Grade(
        IReadOnlyList<Assertion> assertions, string answer, string? expected = "#### 18", Outcome outcome = Outcome.Completed) =>
        [.. Graders.Grade(
            Plans.Arrival(0, 0, expected, grader: GraderKind.None) with { Assertions = assertions },
            new Response { Outcome = outcome, Text = answer, FinishReason = "stop", OutputTokens = 7 }, 5)];
}
