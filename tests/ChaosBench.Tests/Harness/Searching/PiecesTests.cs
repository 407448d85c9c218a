using ChaosBench.Harness.Searching;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Tests.Harness.Searching;

public sealed class PiecesTests
{
    [Fact]
    public void Of_AnyDamage_GivesBothTextsBack()
    {
        const string Clean = "hi there. I was charged twice for the drill, ref F-11834 😀";
        var random = new SplitMix64(5);
        foreach (var mutator in TextMutators.All)
        {
            var worst = TextMutators.Apply(TextMutators.Draw(mutator, random), Clean);

            var pieces = Pieces.Of(Clean, worst);

            Assert.Equal((Clean, worst), (Pieces.Clean(pieces), Pieces.Worst(pieces)));
            Assert.Equal(Clean, Pieces.Worst(pieces.Select(piece => piece.Reverted)));
        }
    }

    [Fact]
    public void Of_OneLetterExchanged_IsOneEdit()
    {
        var edit = Assert.Single(Pieces.Of("one two three", "one twо three"), piece => piece.IsEdit);

        Assert.Equal(("o", "о"), (edit.Clean, edit.Worst));
    }

    [Fact]
    public void Of_LetterPutInTwice_EditsStandAlone()
    {
        var edits = Pieces.Of("abc def", "a\u200Bbc d\u200Bef").Where(piece => piece.IsEdit).ToList();

        Assert.Equal([new Piece("", "\u200B"), new Piece("", "\u200B")], edits);
    }

    [Fact]
    public void Of_HugeDifference_IsOneEditAndNoTable()
    {
        var pieces = Pieces.Of(new string('a', 5_000), new string('b', 5_000));

        Assert.Single(pieces);
    }
}
