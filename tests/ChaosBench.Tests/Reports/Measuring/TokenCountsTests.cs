using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Reports.Measuring;

public sealed class TokenCountsTests
{
    [Fact]
    public void Sentence_EstimatesAmongThem_SaysHowMany()
    {
        TokenSource?[] sources = [TokenSource.Usage, TokenSource.EventUsage, TokenSource.Tokenizer, TokenSource.Events, TokenSource.Events, null];

        var run = Some.Fold(Some.Run(), [.. sources.Select((source, at) => Some.Request(at, at + 1) with { TokenSource = source })]);

        Assert.Equal(
            "Output tokens were counted by the server for 2 requests, for 1 requests by the target's tokenizer, "
            + "for 2 requests as one for each event, an estimate that is too low where events hold several.",
            run.Tokens.Sentence());
    }

    [Fact]
    public void Sentence_AllByTheServer_IsNotSaid() =>
        Assert.Null(Some.Fold(Some.Run(), [Some.Request(0, 1) with { TokenSource = TokenSource.Usage }]).Tokens.Sentence());
}
