using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Tests.Reports.Measuring;

public sealed class BusinessTests
{
    [Fact]
    public void Of_TenthFailed_CostsThatTenthOfTheTimeAndAllOfTheTokens()
    {
        var run = Some.Run("error_rate <= 1%") with { OutputPrice = 2 };
        var requests = Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, arrival % 10 == 0 ? Outcome.Failed : Outcome.Completed));

        var business = Of(run, requests)!;

        Assert.Equal((1200, 120, 1080), (business.Requests, business.Failed, business.Good));
        Assert.Equal(0.1, business.OutageMinutes, 9);
        Assert.Equal(0.1 / (0.01 * 43_200), business.BudgetShareOf30Days!.Value, 9);
        Assert.Equal(5, business.TokensOfOneGood!.Value, 6);
        Assert.Equal(5 * 2 / 1e6 * 1000, business.CostOfThousandGood!.Value, 9);
    }

    [Fact]
    public void Of_NoPriceAndNoObjective_KnowsNoMoneyAndNoBudget()
    {
        var business = Of(Some.Run(), Some.Requests(60))!;

        Assert.Null(business.CostOfThousandGood);
        Assert.Null(business.BudgetShareOf30Days);
        Assert.Equal(0, business.OutageMinutes);
        Assert.Contains("no sum of money", BusinessText.Of(business)[2].Plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NothingGood_DividesByNothing()
    {
        var business = Of(Some.Run() with { OutputPrice = 2 }, Some.Requests(60, (arrival, at) => Some.Request(arrival, at, Outcome.Failed)))!;

        Assert.Equal(1, business.OutageMinutes, 9);
        Assert.Null(business.CostOfThousandGood);
        Assert.All(BusinessText.Of(business), row => Assert.NotEmpty(row.Figure));
    }

    [Fact]
    public void Of_NoRequests_IsAbsent() => Assert.Null(Of(Some.Run(), []));

    private static Business? Of(JournalEvent.RunStarted run, IEnumerable<JournalEvent> requests)
    {
        var measurements = Some.Fold(run, requests);
        return Business.Of(Judge.Decide(measurements, new RunFacts()), measurements);
    }
}
