using ChaosBench.Harness.Running;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Harness.Running;

public sealed class AnswerChecksTests
{
    [Theory]
    [InlineData("{\"a\": 1", "{\"a\": 1, \"b\": 2}", GraderKind.JsonFields, "stop", true)]
    [InlineData("Lond", " London ", GraderKind.Exact, "stop", true)]
    [InlineData("London", "London", GraderKind.Exact, "stop", false)]
    [InlineData("Lond", "London", GraderKind.Exact, "length", false)]
    [InlineData("Lond", "London", GraderKind.Exact, null, false)]
    [InlineData("Lond", "London", GraderKind.Contains, "stop", false)]
    [InlineData("Paris", "London", GraderKind.Exact, "stop", false)]
    [InlineData(" ", "London", GraderKind.Exact, "stop", false)]
    [InlineData("Lond", null, GraderKind.Exact, "stop", false)]
    public void IsPartial_Answer_IsTheBeginningThatSaysItIsWhole(string output, string? expected, GraderKind grader, string? finish, bool partial) =>
        Assert.Equal(partial, AnswerChecks.IsPartial(output, expected, grader, finish));

    [Theory]
    [InlineData("{\"score\": NaN}", 10)]
    [InlineData("[1, -Infinity]", 5)]
    [InlineData("NaN", 0)]
    [InlineData(" nan\n", 1)]
    [InlineData("{\"word\": \"NaN\"}", null)]
    [InlineData("{\"a\\\"b NaN\": 1}", null)]
    [InlineData("In JavaScript NaN is not NaN.", null)]
    [InlineData("{\"banana\": nano}", null)]
    [InlineData("{\"open", null)]
    [InlineData("", null)]
    public void NotANumber_Answer_IsFoundWhereANumberShouldStand(string output, int? at) => Assert.Equal(at, AnswerChecks.NotANumber(output));

    [Fact]
    public void In_MarkOfOnePrompt_IsFoundInTheAnswerToAnother()
    {
        var (mine, yours) = (Prompt("a", "order ORD-4711-0815 is late"), Prompt("b", "order ORD-9999-1234 is late"));
        var marks = new ForeignMarks([mine, yours]);

        Assert.Null(marks.In("Order ORD-4711-0815: sorry!", mine));
        Assert.Equal(("b", 13), marks.In("Order ORD-9999-1234: sorry!", mine));
    }

    [Fact]
    public void In_MarkOfSeveralPromptsOrOfNone_IsNoCrossing()
    {
        var (one, two, three) = (Prompt("a", "ticket 20260101-77"), Prompt("b", "ticket 20260101-77"), Prompt("c", "hello"));
        var marks = new ForeignMarks([one, two, three]);

        Assert.Null(marks.In("ticket 20260101-77", three));
        Assert.Null(marks.In("ticket 12345678", three));
        Assert.Null(new ForeignMarks([]).In("ticket 12345678", three));
    }

    [Fact]
    public void In_RawBytes_AreNotJudged()
    {
        var raw = new PlannedPrompt("r", [], new byte[] { 1 }, null);

        Assert.Null(new ForeignMarks([Prompt("a", "order ORD-4711-0815"), raw]).In("ORD-4711-0815", raw));
    }

    private static PlannedPrompt Prompt(string id, string text) => new(id, [new ChatMessage("user", text)], null, null);
}
