using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Tests.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Prompts;

public sealed class RowAssertionsTests
{
    private const string Row = """{"id":"a","prompt":"one","assert":{"regex":"^1","maxChars":5}}""";

    [Fact]
    public void Load_RowWithAssert_KeepsIt() => Assert.Equal(
        ["regex: ^1", "length: 0 to 5 characters, 0 to any tokens"], Assert.Single(Load(Row).Prompts).Assertions.Select(assertion => assertion.Text));

    [Fact]
    public void Load_RowWithoutOne_AssertsNothing() => Assert.Empty(Assert.Single(Load("""{"prompt":"one","assert":null}""").Prompts).Assertions);

    [Theory]
    [InlineData("""{"regx":"^1"}""")]
    [InlineData("""{"regex":"("}""")]
    [InlineData("""{"jsonSchema":"answer.schema.json"}""")]
    [InlineData("\"no group\"")]
    public void Load_RowWithWrongAssert_IsUnreadableAndNotQuoted(string assert)
    {
        var problem = Assert.Throws<PromptException>(() => Load($$"""{"prompt":"one","assert":{{assert}}}"""));

        Assert.Contains("its assert is not understood; write it like", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(assert, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_LineTakesRows_BothMustHold()
    {
        Assertion[] own = [new Assertion.Refuses(false)];

        var plan = Plan(new MixEntry { Prompts = Plans.Set("rows"), Weight = 1, AssertRows = true, Assertions = own });

        Assert.All(plan.Arrivals, arrival => Assert.Equal(
            arrival.Prompt.Id == "a" ? 3 : 1, arrival.Assertions.Count));
        Assert.Same(plan.Arrivals.First(arrival => arrival.Prompt.Id == "a").Assertions, plan.Arrivals.Last(arrival => arrival.Prompt.Id == "a").Assertions);
    }

    [Fact]
    public void Create_LineDoesNotTakeRows_SaysWhatToWrite() => Assert.Equal(
        "prompts.rows: prompt a has an assert of its own; add assertRows: true to its line of the mix, or take it out",
        Assert.Throws<PromptException>(() => Plan(Plans.Entry(Plans.Set("rows")))).Message);

    private static Plan Plan(MixEntry entry) =>
        Planner.Create(Plans.Scenario(null, entry), 1, new PlanInputs(new MemoryFiles().With("rows.jsonl", Row + "\n" + """{"id":"b","prompt":"two"}""")));

    private static LoadedPrompts Load(string row) => PromptSets.Load(Plans.Set("rows"), 1, new MemoryFiles().With("rows.jsonl", row));
}
