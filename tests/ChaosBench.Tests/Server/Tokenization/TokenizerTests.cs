using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Tokenization;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Server.Tokenization;

public class TokenizerTests
{
    public static TheoryData<string, string, int[]> HuggingFace()
    {
        var data = new TheoryData<string, string, int[]>();
        foreach (var @case in TinyTokenizer.Vectors["cases"]!.AsArray())
        {
            data.Add(@case!["tokenizer"]!.GetValue<string>(), @case["text"]!.GetValue<string>(), @case["ids"].Deserialize<int[]>()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(HuggingFace))]
    public void Encode_TextOfVectors_EqualsHuggingFace(string preTokenizer, string text, int[] expected)
    {
        var tokenizer = TinyTokenizer.Create(preTokenizer);
        Assert.Equal(expected, tokenizer.Encode(text));
        Assert.Equal(text, tokenizer.Decode(expected));
    }

    [Fact]
    public void Encode_AnyText_RoundTripsAsScalars()
    {
        var tokenizer = TinyTokenizer.Create();
        // Any 16-bit units, lone surrogates included.
        var text = ArbMap.Default.ArbFor<char[]>().Generator.Select(c => new string(c));
        Check.QuickThrowOnFailure(Prop.ForAll(text.ToArbitrary(), value =>
        {
            var expected = Scalars(value);
            var tokens = tokenizer.Encode(value);
            Assert.Equal(expected, tokenizer.Decode(tokens));
            var decoder = tokenizer.CreateDecoder();
            Assert.Equal(expected, string.Concat(tokens.Select(decoder.Append)) + decoder.Finish());
        }));
    }

    [Fact]
    public void Encode_EveryScalar_RoundTrips()
    {
        foreach (var name in (string[])["gpt2", "llama3", "plain"])
        {
            var tokenizer = TinyTokenizer.Create(name);
            var plane = new StringBuilder();
            for (var value = 0; value <= 0x10FFFF; value++)
            {
                if (Rune.IsValid(value))
                {
                    plane.Append(new Rune(value).ToString());
                }

                if (value % 0x8000 == 0x7FFF)
                {
                    Assert.Equal(plane.ToString(), tokenizer.Decode(tokenizer.Encode(plane.ToString())));
                    plane.Clear();
                }
            }
        }
    }

    [SkippableFact]
    public void Encode_NaughtyStrings_RoundTrip()
    {
        var naughty = JsonSerializer.Deserialize<string[]>(File.ReadAllText(DataFolder.Require("adversarial/blns/blns.json")))!;
        Assert.NotEmpty(naughty);
        var tokenizers = (Tokenizer[])[TinyTokenizer.Create("gpt2"), TinyTokenizer.Create("llama3"), TriageModel.Require().Tokenizer];
        foreach (var tokenizer in tokenizers)
        {
            Assert.All(naughty, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))));
        }
    }

    [Fact]
    public void Encode_SpecialTokenText_IsPlainBytes()
    {
        var tokenizer = TinyTokenizer.Create();
        Assert.True(tokenizer.TryGetSpecial(TinyTokenizer.Special, out var special));
        Assert.DoesNotContain(special, tokenizer.Encode($"a{TinyTokenizer.Special}b"));
        Assert.Equal($"a{TinyTokenizer.Special}b", tokenizer.Decode(tokenizer.Encode($"a{TinyTokenizer.Special}b")));
    }

    [Fact]
    public void Encode_TrustedText_ReadsSpecialsInTrustedPartsOnly()
    {
        var tokenizer = TinyTokenizer.Create();
        Assert.True(tokenizer.TryGetSpecial(TinyTokenizer.Special, out var special));
        var text = new TrustedText().Append("<|end|>the", true).Append("<|end|>", false).Append("<|e", true).Append("nd|>", true).Append("<|en", true).Append("d|>", false);
        var tokens = tokenizer.Encode(text);
        Assert.Equal(2, tokens.Count(t => t == special));
        Assert.Equal(special, tokens[0]);
        Assert.Equal("the<|end|><|end|>", tokenizer.Decode(tokens));
    }

    [Fact]
    public void Encode_MillionLetters_MergesLikeTheShortPath()
    {
        var tokenizer = TinyTokenizer.Create();
        var tokens = tokenizer.Encode(new string('a', 1_000_000));
        // aaaa+aaaa is the largest merge.
        Assert.Equal(125_000, tokens.Length);
    }

    [Fact]
    public void Merges_ScanAndHeap_Agree()
    {
        var merges = new BytePairMerges([.. Enumerable.Range(0, 256)], Ladder());
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 3).ListOf().ToArbitrary(), symbols =>
        {
            var scanned = symbols.ToArray();
            var heaped = new List<int>();
            var count = merges.Scan(scanned);
            if (symbols.Count > 0)
            {
                merges.MergeByHeap(symbols.ToArray(), heaped);
            }

            Assert.Equal(scanned[..count], heaped);
        }));

        static IEnumerable<(int, int, int)> Ladder() =>
        [
            (0, 1, 256), (1, 1, 257), (256, 0, 258), (2, 2, 259), (257, 257, 260), (259, 2, 261), (258, 1, 262), (3, 256, 263), (0, 0, 264), (264, 264, 265),
        ];
    }

    [Fact]
    public void Append_CharacterInPieces_ComesWhole()
    {
        var tokenizer = TinyTokenizer.Create();
        var decoder = tokenizer.CreateDecoder();
        // U+1D7D8 is f0 9d 9f 98, and byte tokens have their own value as id.
        Assert.Equal(["", "", "", "\U0001D7D8", "!", ""], ((int[])[0xF0, 0x9D, 0x9F, 0x98, '!', 0xE4]).Select(decoder.Append));
        Assert.Equal("\uFFFD", decoder.Finish());
    }

    [SkippableFact]
    public void EncodeChat_Ticket_HasTheTrainingForm()
    {
        var model = TriageModel.Require();
        int Special(string name) => model.Tokenizer.TryGetSpecial(name, out var token) ? token : -1;
        var tokens = model.EncodeChat([new ChatTurn("system", "Be short."), new ChatTurn("user", "hello <|end|>"), new ChatTurn("assistant", "A"), new ChatTurn("user", "x")]);
        Assert.Equal(
            [Special("<|bos|>"), Special("<|user|>"), Special("<|user|>"), Special("<|assistant|>"), Special("<|end|>"), Special("<|user|>"), Special("<|assistant|>")],
            tokens.Where(t => t < 5));
        Assert.Equal("Be short.hello <|end|>Ax", model.Tokenizer.Decode(tokens));
    }

    public static TheoryData<string, string, string> Unsupported() => new()
    {
        { "model.type", "\"WordPiece\"", "model.type is 'WordPiece'; supported is BPE" },
        { "model.byte_fallback", "true", "model.byte_fallback is true" },
        { "decoder.type", "\"Metaspace\"", "decoder.type is 'Metaspace'; supported is ByteLevel" },
        { "pre_tokenizer.type", "\"Metaspace\"", "pre_tokenizer.type is 'Metaspace'" },
        { "normalizer", "{\"type\":\"Lowercase\"}", "normalizer.type is 'Lowercase'" },
        { "model.merges", "[\"a b c\"]", "model.merges[0] is not a pair of tokens" },
        { "model.merges", "[\"zz yy\"]", "model.merges[0] names 'zz'" },
        { "model.vocab", "{\"a\":0}", "model.vocab has no token for byte 0" },
        { "model.vocab.a", "-5", "model.vocab.a is -5" },
        { "model.vocab.a", "2000000000", "model.vocab.a is 2000000000" },
        { "model.vocab.a", "\"x\"", "model.vocab.a is not a whole number" },
        { "model", "[]", "model.type is missing" },
        { "added_tokens", "[{\"id\":1}]", "added_tokens[0].content is missing" },
        { "post_processor", "{\"type\":\"BertProcessing\"}", "post_processor.type is 'BertProcessing'" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void Parse_UnsupportedFile_NamesFileAndKey(string key, string value, string expected)
    {
        var json = TinyTokenizer.Json();
        var path = key.Split('.');
        JsonNode at = json;
        foreach (var name in path[..^1])
        {
            at = at[name]!;
        }

        at[path[^1]] = JsonNode.Parse(value);
        var error = Assert.Throws<ModelLoadException>(() => TinyTokenizer.Parse(json));
        Assert.StartsWith("tokenizer.json: " + expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_BadPattern_NamesIt()
    {
        var json = TinyTokenizer.Json("plain");
        json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = "(((";
        var error = Assert.Throws<ModelLoadException>(() => TinyTokenizer.Parse(json));
        Assert.Contains("pretokenizers[0].pattern", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NotJson_SaysWhere()
    {
        var error = Assert.Throws<ModelLoadException>(() => TokenizerFile.Parse("tokenizer.json", Encoding.UTF8.GetBytes("{\n\"model\": ")));
        Assert.StartsWith("tokenizer.json: is not JSON (line 2", error.Message, StringComparison.Ordinal);
    }

    private static string Scalars(string text) => string.Concat(text.EnumerateRunes().Select(r => r.ToString()));
}
