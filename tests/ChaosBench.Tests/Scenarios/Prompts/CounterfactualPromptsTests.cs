using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Prompts;

public sealed class CounterfactualPromptsTests
{
    private static readonly WordSwap Gender = new("gender", ["male", "female"], [["he", "she"], ["his", "her"], ["brother", "sister"], ["Tom", "Ann"]]);

    [Fact]
    public void Load_PromptsWithTheWords_OnePerGroupAndNothingElseDiffers()
    {
        var loaded = Load("""{"id":"a","prompt":"My Sister says HER order of the theme is late, Ann.","expected":"{\"name\":\"Ann\"}"}""", """{"id":"b","prompt":"nothing here"}""");

        Assert.Equal(["a~gender=male", "a~gender=female"], loaded.Prompts.Select(prompt => prompt.Id));
        Assert.Equal(
            ["My Brother says HIS order of the theme is late, Tom.", "My Sister says HER order of the theme is late, Ann."],
            loaded.Prompts.Select(prompt => prompt.Messages[0].Content));
        Assert.Equal(["{\"name\":\"Tom\"}", "{\"name\":\"Ann\"}"], loaded.Prompts.Select(prompt => prompt.Expected));
        Assert.All(loaded.Prompts, prompt => Assert.Equal(("gender", "plain"), (prompt.Tags["swap"], prompt.Tags["from"])));
    }

    [Fact]
    public void Load_WordsFromAFile_AreReadAndHashed()
    {
        var files = Files("""{"id":"a","prompt":"he pays"}""").With("swaps.txt", "# people\ngender male/female: he/she\n\n");

        var loaded = PromptSets.Load(Set([]) with { File = "swaps.txt" }, 1, files);

        Assert.Equal(2, loaded.Prompts.Count);
        Assert.Contains("swaps.txt", loaded.Files.Keys);
    }

    [Fact]
    public void Load_BrokenLineOfAFile_SaysWhere()
    {
        var files = Files("""{"id":"a","prompt":"he pays"}""").With("swaps.txt", "gender male/female: he/she\ngender: he/she\n");

        var problem = Assert.Throws<PromptException>(() => PromptSets.Load(Set([]) with { File = "swaps.txt" }, 1, files));

        Assert.StartsWith("swaps.txt:2: 'gender: he/she' names no groups; write", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoPromptHasAWord_SaysSo() => Assert.Contains(
        "no prompt of plain holds any of the words", Assert.Throws<PromptException>(() => Load("""{"id":"a","prompt":"them"}""")).Message, StringComparison.Ordinal);

    private static LoadedPrompts Load(params string[] rows) => PromptSets.Load(Set([Gender]), 1, Files(rows));

    private static MemoryFiles Files(params string[] rows) => new MemoryFiles().With("plain.jsonl", string.Join('\n', rows));

    private static PromptSet.Counterfactual Set(IReadOnlyList<WordSwap> swaps) =>
        new() { Name = "fair", From = new PromptSet.Recorded { Name = "plain", Path = "plain.jsonl" }, Swaps = swaps };
}
