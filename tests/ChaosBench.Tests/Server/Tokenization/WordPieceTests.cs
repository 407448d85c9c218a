using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosBench.Server.Models;
using ChaosBench.Server.Tokenization;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Tokenization;

public sealed class WordPieceTests
{
    private const int Unknown = 1, Begin = 2, End = 3;

    private static readonly string Folder = Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "encoders");

    [Fact]
    public void Encode_TextsOfTheReferenceTokenizer_GivesItsTokens()
    {
        var tokenizers = new[] { true, false }.ToDictionary(lower => lower, lower => Read(root => root["normalizer"]!["lowercase"] = lower));
        var cases = JsonSerializer.Deserialize<List<JsonElement>>(File.ReadAllText(Path.Combine(Folder, "wordpiece.json")))!;
        Assert.Equal(54, cases.Count);
        foreach (var one in cases)
        {
            var (text, lower) = (one.GetProperty("text").GetString()!, one.GetProperty("lower").GetBoolean());
            Assert.True(
                one.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).SequenceEqual(tokenizers[lower].Encode(text)),
                $"{JsonSerializer.Serialize(text)} lower={lower}: {string.Join(' ', tokenizers[lower].Encode(text))}");
        }
    }

    [Theory]
    [InlineData("\u00C5\u212B\u01D5\u1EB4", "aaua")] // composed, a sign of its own, two marks
    [InlineData("\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")] // Hangul falls apart into its letters
    [InlineData("\u0130", "i")]
    [InlineData("\u09CB", "\u09C7\u09BE")]
    public void Words_LowerCase_LosesAccents(string text, string word) =>
        Assert.Equal([word], BertText.For(lowerCase: true).Words(text));

    [Fact]
    public void Encode_SpecialTokensInText_StayText() =>
        Assert.DoesNotContain(Read().Encode("[CLS] the [SEP][MASK]")[1..^1], id => id is 0 or Begin or End or 4);

    // What that implementation does otherwise: it has no characters beyond 16 bits alone, and lower-cases by the word.
    [Fact]
    public void Encode_LoneSurrogatesAndFinalSigma_FollowTheOriginal()
    {
        Assert.Equal([Begin, 6, End], Read().Encode("\uD800order\uDC00"));
        Assert.Equal([Begin, 50, 53, End], Read().Encode("\u0391\u03A3"));
    }

    [Fact]
    public void Encode_VocabularyFile_GivesTheSameTokens()
    {
        var old = WordPieceFile.ParseVocabulary("vocab.txt", File.ReadAllBytes(Path.Combine(Folder, "tiny-classifier", "vocab.txt")), lowerCase: true);

        Assert.Equal(57, old.Vocabulary);
        foreach (var text in (string[])["The order is late!", "unwanted Caf\u00e9 \u4e2d\u6587", ""])
        {
            Assert.Equal(Read().Encode(text), old.Encode(text));
        }
    }

    [Fact]
    public void Encode_BertProcessing_StandsAroundTheText() => Assert.Equal([Begin, 5, End], Read(root => root["post_processor"] =
        JsonNode.Parse("""{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}""")).Encode("the"));

    [Fact]
    public void Encode_NoPostProcessorNoNormalizer_IsTheBareText() => Assert.Equal([5, Unknown], Read(root =>
    {
        root["post_processor"] = null;
        root["normalizer"] = null;
    }).Encode("the The"));

    [Fact]
    public void Encode_MegabyteWithoutASpace_IsUnknown()
    {
        Assert.Equal([Begin, Unknown, End], Read().Encode(new string('q', 1 << 20)));
        Assert.Equal((1 << 18) + 2, Read().Encode(string.Concat(Enumerable.Repeat("\u4e2d", 1 << 18))).Length);
    }

    [Theory]
    [InlineData("pre_tokenizer", """{"type": "Metaspace"}""", "pre_tokenizer.type is 'Metaspace'")]
    [InlineData("normalizer", """{"type": "NFKC"}""", "normalizer.type is 'NFKC'")]
    [InlineData("post_processor", """{"type": "RobertaProcessing"}""", "post_processor.type is 'RobertaProcessing'")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]"}}, {"Sequence": {}}]}""", "names '[X]'")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": []}""", "post_processor.single does not hold the text")]
    [InlineData("model", """{"type": "WordPiece", "vocab": {"[CLS]": 0, "[SEP]": 1}}""", "names '[UNK]'")]
    [InlineData("model", """{"type": "WordPiece", "vocab": {"a": -1}}""", "model.vocab.a is -1")]
    public void Parse_WhatIsNotSupported_IsNamed(string key, string value, string problem) => Assert.Contains(
        problem, Assert.Throws<ModelLoadException>(() => Read(root => root[key] = JsonNode.Parse(value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[UNK]\n[CLS]\n")]
    public void ParseVocabulary_WithoutTheSpecialTokens_IsRefused(string content) => Assert.Contains(
        "lacks [", Assert.Throws<ModelLoadException>(() => WordPieceFile.ParseVocabulary("v", Encoding.UTF8.GetBytes(content), true)).Message,
        StringComparison.Ordinal);

    private static WordPieceTokenizer Read(Action<JsonNode>? change = null)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "tiny-sentence", "tokenizer.json")))!;
        change?.Invoke(root);
        return WordPieceFile.Parse(JsonFile.Parse("tokenizer.json", Encoding.UTF8.GetBytes(root.ToJsonString())));
    }
}
