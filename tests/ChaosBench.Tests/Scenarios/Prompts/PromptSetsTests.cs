using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Tests.Scenarios.Prompts;

public sealed class PromptSetsTests
{
    private static readonly MemoryFiles Files = new MemoryFiles()
        .With("t.jsonl", """{"id":"t1","prompt":"please help","expected":"x","tags":{"intent":"billing"}}""")
        .With("corpora/bad.json", """["","\u0000"]""");

    private static readonly PromptSet.Recorded Tickets = new() { Name = "tickets", Path = "t.jsonl" };

    [Fact]
    public void Load_Adversarial_TagsMutatorAndOrigin()
    {
        var set = new PromptSet.Adversarial { Name = "mischief", Mutators = ["typos", "unicode", "mojibake"], From = Tickets, Corpora = ["corpora/bad.json"] };

        var loaded = PromptSets.Load(set, 1, Files);

        Assert.Equal(
            ["t1~typos", "t1~mojibake", "t1~homoglyph", "t1~surrogates", "bad.json:p1", "bad.json:p2"], loaded.Prompts.Select(prompt => prompt.Id));
        Assert.Equal(
            new Dictionary<string, string> { ["intent"] = "billing", ["mutator"] = "typos", ["from"] = "tickets" }, loaded.Prompts[0].Tags.ToDictionary());
        Assert.Equal(["x", null, null, null, null, null], loaded.Prompts.Select(prompt => prompt.Expected));
        Assert.Equal("bad.json", loaded.Prompts[4].Tags["corpus"]);
        Assert.Equal(["corpora/bad.json", "t.jsonl"], loaded.Files.Keys);
    }

    [Fact]
    public void Load_AdversarialOverAdversarial_KeepsBothDamages()
    {
        var inner = new PromptSet.Adversarial { Name = "inner", Mutators = ["malformed"], From = Tickets };
        var outer = new PromptSet.Adversarial { Name = "outer", Mutators = ["bidi"], From = inner };

        Assert.Equal(["malformed", "bidi"], PromptSets.Load(outer, 1, Files).Prompts[0].Damages.Select(damage => damage.Mutator));
    }

    [Fact]
    public void Load_UnknownMutator_NamesTheKnown()
    {
        var set = new PromptSet.Adversarial { Name = "m", Mutators = ["chaos"], From = Tickets };

        var problem = Assert.Throws<PromptException>(() => PromptSets.Load(set, 1, Files));

        Assert.Contains("chaos is not a mutator; use one of", problem.Message, StringComparison.Ordinal);
        Assert.Contains(MutatorCatalogue.Names[0], problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Generated_IsSeededAndPerLocale()
    {
        var set = new PromptSet.Generated { Name = "fresh", Kind = "support-ticket", Locales = ["en", "de", "ja", "fr", "es", "pt-BR"], Count = 60 };

        var one = PromptSets.Load(set, 1, Files).Prompts;
        var two = PromptSets.Load(set, 2, Files).Prompts;
        var lone = PromptSets.Load(set with { Locales = ["de"], Count = 10 }, 1, Files).Prompts;

        Assert.Equal(one.Select(Content), PromptSets.Load(set, 1, Files).Prompts.Select(Content));
        Assert.NotEqual(one.Select(Content), two.Select(Content));
        Assert.Equal(60, one.Select(prompt => prompt.Id).Distinct().Count());
        Assert.Equal(["de", "en", "es", "fr", "ja", "pt-BR"], one.Select(prompt => prompt.Tags["locale"]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(one.Where(prompt => prompt.Tags["locale"] == "de").Select(Content), lone.Select(Content));
        Assert.InRange(one.Select(Content).Distinct().Count(), 50, 60);
        Assert.All(one, prompt => Assert.DoesNotContain("{", Content(prompt), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("poem", "en", 5, "write support-ticket")]
    [InlineData("support-ticket", "xx", 5, "locale xx is not known")]
    [InlineData("support-ticket", "en", 0, "count of 1 to")]
    public void Load_GeneratedOutOfRange_Throws(string kind, string locale, int count, string part)
    {
        var set = new PromptSet.Generated { Name = "fresh", Kind = kind, Locales = [locale], Count = count };

        Assert.Contains(part, Assert.Throws<PromptException>(() => PromptSets.Load(set, 1, Files)).Message, StringComparison.Ordinal);
    }

    /// <summary>The generated text of one seed, written down: a new version of the generator must not change old plans unseen.</summary>
    [Fact]
    public void Load_GeneratedKnownSeed_KnownText()
    {
        var set = new PromptSet.Generated { Name = "fresh", Kind = "support-ticket", Locales = ["en"], Count = 1 };

        Assert.Equal("Where is my Ergonomic Fresh Chicken? Order 72506 was promised for 2025-12-30.", Content(PromptSets.Load(set, 20261120, Files).Prompts[0]));
    }

    private static string Content(Prompt prompt) => prompt.Messages[0].Content;
}
