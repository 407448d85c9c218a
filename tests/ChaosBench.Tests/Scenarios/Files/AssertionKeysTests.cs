using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class AssertionKeysTests
{
    [Fact]
    public void Read_EveryAssertion_IsThereInOrder()
    {
        var scenario = Assert.Single(Some.Suite(Some.Smallest.Replace(
            "    gates: [\"p99 ttft < 800ms\"]",
            """
                mix:
                  - prompts: tickets
                    assert:
                      regex: ['^\{', '\}$']
                      notRegex: '(?=sorry)sorry'
                      jsonSchema: answer.schema.json
                      number: 0.5
                      rouge1: 10%
                      rouge2: 20%
                      rougeL: 30%
                      bleu: 40%
                      chrf: 50%
                      levenshtein: 60%
                      refusal: never
                      maxChars: 400
                      minTokens: 2
                      finishReason: [stop, length]
                      language: de
                gates: ["assertions_held >= 95% in baseline for prompts=tickets", "rouge_l >= 50%", "schema_right >= 99%"]
            """, StringComparison.Ordinal)).Scenarios);

        Assert.Equal(
            [
                "regex: ^\\{", "regex: \\}$", "notRegex: (?=sorry)sorry", "jsonSchema: answer.schema.json", "number: 0.5", "rouge1: 10%", "rouge2: 20%",
                "rouge_l: 30%", "bleu: 40%", "chrf: 50%", "levenshtein: 60%", "refusal: never",
                "length: 0 to 400 characters, 2 to any tokens", "finishReason: stop, length", "language: de",
            ],
            scenario.Mix[0].Assertions.Select(assertion => assertion.Text));
    }

    /// <summary>Look-ahead needs backtracking, so the clock guards it; everything else is linear and needs no clock.</summary>
    [Theory]
    [InlineData("a+b", false)]
    [InlineData("(a)\\1", true)]
    public void Read_Pattern_IsLinearWhereItCan(string pattern, bool timed)
    {
        var matches = Assert.IsType<Assertion.Matches>(
            Some.Scenario($"mix: [{{ prompts: tickets, assert: {{ regex: '{pattern}' }} }}]").Mix[0].Assertions[0]);

        Assert.Equal(timed, matches.Pattern.MatchTimeout > TimeSpan.Zero);
    }

    [Fact]
    public void Read_SchemaThatIsNone_SaysWhyAtItsPlace()
    {
        var options = Some.Options with { ReadJsonSchema = _ => throw new FormatException("#/anyOf: the keyword 'anyOf' is not supported") };

        var problem = Assert.Single(Some.Problems(Some.With("mix: [{ prompts: tickets, assert: { jsonSchema: a.json } }]"), options));

        Assert.Equal("suite.yaml:9:53: 'a.json': #/anyOf: the keyword 'anyOf' is not supported; mend the schema, or name another file", problem);
    }
}
