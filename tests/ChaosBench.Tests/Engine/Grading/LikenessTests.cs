using ChaosBench.Engine.Grading;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Engine.Grading;

public sealed class LikenessTests
{
    private const string Candidate = "the cat sat on the mat";
    private const string Reference = "the cat is on the mat";

    [Theory]
    [InlineData(MetricId.Rouge1, 5.0 / 6)]
    [InlineData(MetricId.Rouge2, 0.6)]
    [InlineData(MetricId.RougeL, 5.0 / 6)]
    [InlineData(MetricId.Chrf, 0.645779420625287)]
    [InlineData(MetricId.Levenshtein, 1 - (3.0 / 22))]
    public void Of_KnownPair_IsTheKnownValue(MetricId measure, double expected) =>
        Assert.Equal(expected, Likeness.Of(measure, Candidate, Reference)!.Value, 1e-9);

    /// <summary>Precisions 5/6, (3+1)/(5+1), (1+1)/(4+1), (0+1)/(3+1), brevity penalty 1.</summary>
    [Fact]
    public void Of_Bleu_IsTheGeometricMeanOfSmoothedPrecisions() =>
        Assert.Equal(Math.Pow(5.0 / 6 * 4 / 6 * 2 / 5 * 1 / 4, 0.25), Likeness.Of(MetricId.Bleu, Candidate, Reference)!.Value, 1e-12);

    public static TheoryData<MetricId> Measures =>
        new([MetricId.Rouge1, MetricId.Rouge2, MetricId.RougeL, MetricId.Bleu, MetricId.Chrf, MetricId.Levenshtein]);

    [Theory]
    [MemberData(nameof(Measures))]
    public void Of_Ends_AreExact(MetricId measure)
    {
        Assert.Equal(1, Likeness.Of(measure, "one two three four", "one two three four")!.Value, 12);
        Assert.Equal(1, Likeness.Of(measure, "", ""));
        Assert.Equal(0, Likeness.Of(measure, "", "one two"));
        Assert.Equal(0, Likeness.Of(measure, "xyz", ""));
        Assert.Null(Likeness.Of(measure, new string('x', Likeness.MostParts + 1), "x"));
    }

    /// <summary>Against the textbook tables, over block borders and few letters, where carries happen.</summary>
    [Fact]
    public void BitParallel_RandomSequences_AgreeWithTheTextbook()
    {
        var random = new SplitMix64(7);
        for (var round = 0; round < 300; round++)
        {
            var (first, second) = (Text(random, round), Text(random, 300 - round));

            var (edits, common) = Textbook(first, second);

            Assert.Equal(edits, BitParallel.EditDistance(first, second));
            Assert.Equal(common, BitParallel.CommonSubsequence(Words(first), Words(second)));
        }

        static string Text(SplitMix64 random, int longest) =>
            string.Concat(Enumerable.Range(0, (int)(random.NextDouble() * longest)).Select(_ => (char)('a' + (int)(random.NextDouble() * 3))));

        static string[] Words(string text) => [.. text.Select(letter => letter.ToString())];
    }

    [Theory]
    [InlineData("He pays 1,234.5 dollars.", 1234.5)]
    [InlineData("x = -3", -3)]
    [InlineData("#### 18", 18)]
    [InlineData("on 2024-11-07", 7)]
    [InlineData("about 6.02e23 of them", 6.02e23)]
    [InlineData("a .5 b", 0.5)]
    [InlineData("1, 2, 3", 3)]
    public void Last_Number_IsRead(string text, double expected) => Assert.Equal(expected, Math.Abs(Numbers.Last(text)!.Value) * Math.Sign(expected));

    [Fact]
    public void Last_NoNumberOrAFloodOfDigits_IsBounded()
    {
        Assert.Null(Numbers.Last("none"));
        Assert.True(Numbers.Last(new string('9', 1_000_000)) > 1e60);
    }

    private static (int Edits, int Common) Textbook(string first, string second)
    {
        var (edits, common) = (new int[first.Length + 1, second.Length + 1], new int[first.Length + 1, second.Length + 1]);
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                var same = first[i - 1] == second[j - 1];
                edits[i, j] = Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, edits[i - 1, j - 1] + (same ? 0 : 1));
                common[i, j] = same ? common[i - 1, j - 1] + 1 : Math.Max(common[i - 1, j], common[i, j - 1]);
            }
        }

        return (edits[first.Length, second.Length], common[first.Length, second.Length]);
    }
}
