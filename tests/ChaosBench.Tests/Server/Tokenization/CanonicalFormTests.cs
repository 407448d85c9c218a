using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosBench.Server.Tokenization;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Tokenization;

public sealed class CanonicalFormTests
{
    [Fact]
    public void ComposeAndDecompose_TextsOfPython_GiveItsForms()
    {
        var file = Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "unicode", "canonical.json");
        var cases = JsonSerializer.Deserialize<string[][]>(File.ReadAllText(file))!;
        Assert.Equal(410, cases.Length);
        foreach (var one in cases)
        {
            var (text, composed, decomposed) = (one[0], one[1], one[2]);
            Assert.True(composed == CanonicalForm.Compose(text), $"C of {Escape(text)}: {Escape(CanonicalForm.Compose(text))}");
            Assert.True(decomposed == CanonicalForm.Decompose(text), $"D of {Escape(text)}: {Escape(CanonicalForm.Decompose(text))}");
            Assert.Equal(composed, CanonicalForm.Compose(composed));
            Assert.Equal(composed, CanonicalForm.Compose(decomposed));
        }
    }

    [Fact]
    public void Compose_EverySyllable_ComesBack()
    {
        for (var syllable = '\uAC00'; syllable <= '\uD7A3'; syllable++)
        {
            var letters = CanonicalForm.Decompose(syllable.ToString());
            Assert.InRange(letters.Length, 2, 3);
            Assert.Equal(syllable.ToString(), CanonicalForm.Compose(letters));
        }
    }

    [Fact]
    public void Compose_MegabyteOfMarks_IsNotSlow() =>
        Assert.Equal(1 << 20, CanonicalForm.Compose(string.Concat(Enumerable.Repeat("\u0301\u0323", 1 << 19))).Length);

    [Fact]
    public void Compose_LoneSurrogates_DoNotThrow() => Assert.Equal("\u00E9\uFFFD", CanonicalForm.Compose("e\u0301\uD800"));

    [Fact]
    public void Encode_NormalizerOfTheFile_Composes()
    {
        var (plain, json) = (TinyTokenizer.Create(), TinyTokenizer.Json());
        json["normalizer"] = new JsonObject { ["type"] = "NFC" };

        Assert.Equal(plain.Encode("\u00E9"), TinyTokenizer.Parse(json).Encode("e\u0301"));
        Assert.NotEqual(plain.Encode("\u00E9"), plain.Encode("e\u0301"));
    }

    private static string Escape(string text) => string.Join(' ', text.EnumerateRunes().Select(rune => $"{rune.Value:X4}"));
}
