using ChaosBench.Reports.Html;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Reports.Html;

public sealed class WordDiffTests
{
    [Fact]
    public void Of_OneWordOther_MarksThatWordAlone()
    {
        var parts = WordDiff.Of("intent: late, order: A-1", "intent: refund, order: A-1");

        Assert.Equal(
            [(WordDiff.Side.Both, "intent: "), (WordDiff.Side.First, "late"), (WordDiff.Side.Second, "refund"), (WordDiff.Side.Both, ", order: A-1")],
            parts.Select(part => (part.Side, part.Text)));
    }

    [Fact]
    public void Of_AnyTexts_GiveBothBack() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll<string, string>((first, second) =>
        {
            var (one, other) = (first ?? "", second ?? "");
            var parts = WordDiff.Of(one, other);
            return string.Concat(parts.Where(part => part.Side != WordDiff.Side.Second).Select(part => part.Text)) == one
                && string.Concat(parts.Where(part => part.Side != WordDiff.Side.First).Select(part => part.Text)) == other;
        }));

    [Fact]
    public void Of_PairOfSurrogatesChanged_NeverCutsACharacter()
    {
        var parts = WordDiff.Of("a \U0001F600 b", "a \U0001F601 b");

        Assert.All(parts, part => Assert.False(char.IsLowSurrogate(part.Text[0]) || char.IsHighSurrogate(part.Text[^1])));
    }
}
