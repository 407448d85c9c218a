using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Texts;

namespace ChaosBench.Tests.Reports.Statistics.Texts;

public sealed class TextTests
{
    [Fact]
    public void Of_EmptyTexts_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, Rouge.N("", "a b", 1));
        Hostile.Lacks(LackKind.NotEnough, Rouge.N("a", "a b", 2));
        Hostile.Lacks(LackKind.NotEnough, Rouge.L("a", "  "));
        Hostile.Lacks(LackKind.NotEnough, Bleu.Of("", "a"));
        Hostile.Lacks(LackKind.NotEnough, ChrF.Of("\t", "a"));
        Hostile.Lacks(LackKind.NotDefined, Levenshtein.Distance(new string('a', 30_000), new string('b', 30_000)));
    }

    [Fact]
    public void Any_SameText_IsWhole()
    {
        const string text = "the cat sat on the mat";

        Assert.Equal(1, Rouge.L(text, text).Value.F);
        Assert.Equal(1, Bleu.Of(text, text).Value.Score, 12);
        Assert.Equal(100, ChrF.Of(text, text).Value, 9);
        Assert.Equal(1, Levenshtein.Similarity(text, text).Value);
        Assert.Equal(1, Levenshtein.Similarity("", "").Value);
    }

    [Fact]
    public void Any_NothingShared_IsZero()
    {
        Assert.Equal(0, Rouge.L("a b", "c d").Value.F);
        Assert.Equal(0, ChrF.Of("ab", "cd").Value);
        Assert.Equal(0, Bleu.Of("a b c d", "e f g h").Value.Score);
    }

    [Fact]
    public void Bleu_NoRunOfFourShared_IsZeroUnlessSmoothed()
    {
        const string candidate = "the cat sat on the mat", reference = "the cat is on the mat";

        Assert.Equal(0, Bleu.Of(candidate, reference).Value.Score);

        // 5/6, (3 + 1)/(5 + 1), (1 + 1)/(4 + 1), (0 + 1)/(3 + 1): Lin and Och's smoothing of lengths above 1.
        Assert.Equal(Math.Pow(5.0 / 6 * 4 / 6 * 2 / 5 * 1 / 4, 0.25), Bleu.Of(candidate, reference, BleuSmoothing.AddOne).Value.Score, 12);
    }

    [Fact]
    public void Bleu_ShorterCandidate_IsPenalised() => Assert.Equal(Math.Exp(-1), Bleu.Of("a b", "a b c d").Value.BrevityPenalty, 12);

    [Fact]
    public void Levenshtein_CharactersBeyondTheFirstPlane_CountOnce() => Assert.Equal(1, Levenshtein.Distance("a\U0001F600", "a\U0001F4A9").Value);
}
