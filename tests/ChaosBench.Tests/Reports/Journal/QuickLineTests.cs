using System.Text;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Reports.Journal;

public sealed class QuickLineTests
{
    public static TheoryData<int> Variants => [.. Enumerable.Range(0, 64)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Read_OwnLines_SaysWhatTheGeneralWaySays(int variant)
    {
        bool Bit(int at) => (variant >> at & 1) == 1;
        var line = JournalFile.ToLine(Some.Request(variant, variant, (Outcome)(variant % 13)) with
        {
            Cohort = Some.Cohort(tags: Bit(0) ? [("lang", "ja\"\ud83d\ude00"), ("x", "")] : []),
            PromptId = Bit(1) ? "tab\tand \u2028" : "plain",
            Sent = Bit(2) ? null : -5,
            Replica = Bit(3) ? 3 : null,
            Faults = Bit(4) ? ["kill-1"] : [],
            RetryAfter = Bit(5) ? 1.5 : null,
            Degraded = Bit(3),
            TokenSource = Bit(0) ? (TokenSource)(variant % 4) : null,
            OutputSha256 = Bit(2) ? Sha256Digest.Of("ab"u8) : null,
            Gaps = Bit(1) ? [] : [new TokenGap(long.MaxValue, 1), new TokenGap(0, 0)],
        });

        var quick = new QuickLine();
        var read = quick.Read(line);

        // Retry-After and faults are rare: such lines go the general way.
        Assert.Equal(Bit(4) || Bit(5), read is null);
        if (read is not null)
        {
            Assert.Equal(Encoding.UTF8.GetString(line), Encoding.UTF8.GetString(JournalFile.ToLine(read)));
            Assert.Same(((JournalEvent.Observation)read).Cohort, ((JournalEvent.Observation)quick.Read(line)!).Cohort);
        }
    }

    [Fact]
    public void Read_Score_SaysWhatTheGeneralWaySays()
    {
        foreach (var score in new[] { Some.Score(1, 0.5), Some.Score(2, null), Some.Score(3, 1, "field_accuracy") with { Detail = "city, urgency" } })
        {
            Assert.Equal(score, new QuickLine().Read(JournalFile.ToLine(score)));
        }
    }

    [Theory]
    [InlineData("""{"t":"score","at":1,"arrival":2,"grader":"accuracy","value":1,"more":3}""")] // a field of a newer version
    [InlineData("""{"at":1,"t":"score","arrival":2,"grader":"accuracy"}""")]
    [InlineData("""{"t":"score","at":1.5,"arrival":2,"grader":"accuracy"}""")]
    [InlineData("""{"t":"score","at":1,"arrival":99999999999,"grader":"accuracy"}""")]
    [InlineData("""{"t":"score","at":1,"grader":"accuracy"}""")]
    [InlineData("""{"t":"score","at":1,"arrival":2,"grader":"accuracy"}}""")]
    [InlineData("""{"t":"score","at":1,"arrival":2,"grader":7}""")]
    [InlineData("""{"t":"note","at":1,"text":"x"}""")]
    [InlineData("""{"t":"request","at":1,"gaps":[[1,2],[3]]}""")]
    [InlineData("""{"t":"request","phase":"warm"}""")]
    [InlineData("""{"t":"request"}""")]
    [InlineData("""{"t":"requ""")]
    [InlineData("[]")]
    [InlineData("")]
    public void Read_AnythingElse_IsLeftToTheGeneralWay(string line) => Assert.Null(new QuickLine().Read(Encoding.UTF8.GetBytes(line)));
}
