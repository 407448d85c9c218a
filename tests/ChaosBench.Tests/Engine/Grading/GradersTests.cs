using ChaosBench.Engine.Grading;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Engine.Grading;

public class GradersTests
{
    private const string Expected = """{"queue":"billing","urgency":"high","lang":"en"}""";

    public static TheoryData<string, double, double, double, string?> Answers => new()
    {
        { Expected, 1, 1, 1, null },
        { """ { "lang" : "en", "urgency":"high" ,"queue":"billing" } """, 1, 1, 1, null },
        { """{"queue":"billing","urgency":"low","lang":"en"}""", 0, 2 / 3.0, 1, "urgency" },
        { """{"queue":"billing"}""", 0, 1 / 3.0, 1, "urgency, lang" },
        { """{"queue":"billing","urgency":"high","lang":"en","x":1}""", 0, 1, 1, "+1 not asked for" },
        { """{"queue":"billing","urgency":"HIGH","lang":null}""", 0, 1 / 3.0, 1, "urgency, lang" },
        { "[]", 0, 0, 0, "not one JSON object" },
        { "", 0, 0, 0, "not one JSON object" },
        { Expected + Expected, 0, 0, 0, "not one JSON object" },
        { "```json\n" + Expected + "\n```", 0, 0, 0, "not one JSON object" },
        { """{"queue":"\ud800"}""", 0, 0, 1, "queue, urgency, lang" },
        { """{"\ud800":1}""", 0, 0, 0, "not one JSON object" },
        { "\ud800", 0, 0, 0, "not one JSON object" },
        { new string('[', 100_000), 0, 0, 0, "not one JSON object" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Grade_JsonFields_ComparesFieldByField(string answer, double accuracy, double fields, double valid, string? detail)
    {
        var scores = Grade(GraderKind.JsonFields, Expected, answer);

        Assert.Equal([accuracy, fields, valid], scores.Select(s => s.Value!.Value));
        Assert.Equal(["accuracy", "field_accuracy", "valid_json"], scores.Select(s => s.Grader));
        Assert.Equal(detail, scores[0].Detail);
    }

    [Theory]
    [InlineData(GraderKind.Exact, "42", " 42\n", 1)]
    [InlineData(GraderKind.Exact, "42", "The answer is 42", 0)]
    [InlineData(GraderKind.Contains, "42", "The answer is 42.", 1)]
    [InlineData(GraderKind.Contains, "42", "The answer is 24.", 0)]
    public void Grade_Text_IsRightOrWrong(GraderKind grader, string expected, string answer, double value) =>
        Assert.Equal(value, Assert.Single(Grade(grader, expected, answer)).Value);

    [Theory]
    [InlineData(Outcome.Failed)]
    [InlineData(Outcome.TimedOut)]
    [InlineData(Outcome.Truncated)]
    [InlineData(Outcome.NotSent)]
    public void Grade_NotCompleted_HasScoresWithoutAValue(Outcome outcome) =>
        Assert.All(Grade(GraderKind.JsonFields, Expected, Expected, outcome), score => Assert.Null(score.Value));

    [Fact]
    public void Grade_CancelledByUs_HasNoScore() => Assert.Empty(Grade(GraderKind.Exact, "x", "x", Outcome.Cancelled));

    [Fact]
    public void Grade_NoExpectedAnswer_HasNoScore() => Assert.Empty(Grade(GraderKind.Exact, null, "x"));

    [Fact]
    public void Grade_AnswerBeyondTheLimit_CountsAsWrong() =>
        Assert.Null(Assert.Single(Grade(GraderKind.Contains, "x", new string('x', Graders.MaxChars + 1))).Value);

    private static IReadOnlyList<JournalEvent.Score> Grade(
        GraderKind grader, string? expected, string answer, Outcome outcome = Outcome.Completed) =>
        Graders.Grade(Plans.Arrival(0, 0, expected, grader: grader), new Response { Outcome = outcome, Text = answer }, 5);
}
