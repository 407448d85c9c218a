using ChaosBench.Server.Routing;

namespace ChaosBench.Tests.Server.Routing;

public class RestartHistoryTests
{
    private static readonly RestartPolicy Policy = new()
    {
        Budget = 4, Window = TimeSpan.FromSeconds(60), FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromSeconds(3), Seed = 7,
    };

    [Fact]
    public void Next_WithinTheBudget_DoublesUpToTheLongestWithinItsJitter()
    {
        for (var replica = 0; replica < 64; replica++)
        {
            var history = new RestartHistory(Policy, replica);
            foreach (var whole in (double[])[1, 2, 3, 3])
            {
                Assert.InRange(history.Next(TimeSpan.Zero)!.Value.TotalSeconds, whole / 2, whole);
            }
        }
    }

    [Fact]
    public void Next_BudgetSpent_IsNoneUntilTheWindowMovesOn()
    {
        var history = new RestartHistory(Policy, 0);
        for (var second = 0; second < 4; second++)
        {
            Assert.NotNull(history.Next(TimeSpan.FromSeconds(second)));
        }

        Assert.Null(history.Next(TimeSpan.FromSeconds(59.9)));
        Assert.NotNull(history.Next(TimeSpan.FromSeconds(60)));
        Assert.Null(history.Next(TimeSpan.FromSeconds(60.9)));
        Assert.Equal(4, history.Recent);
    }

    [Fact]
    public void Next_AfterAQuietWindow_BeginsWithTheFirstDelayAgain()
    {
        var history = new RestartHistory(Policy, 0);
        history.Next(TimeSpan.Zero);
        history.Next(TimeSpan.Zero);

        Assert.InRange(history.Next(TimeSpan.FromSeconds(61))!.Value.TotalSeconds, 0.5, 1);
    }

    [Fact]
    public void Next_SameSeed_SameDelaysAndReplicasDiffer()
    {
        Assert.Equal(Delays(7, 0), Delays(7, 0));
        Assert.NotEqual(Delays(7, 0), Delays(7, 1));
        Assert.NotEqual(Delays(7, 0), Delays(8, 0));

        static List<TimeSpan?> Delays(long seed, int replica)
        {
            var history = new RestartHistory(Policy with { Seed = seed }, replica);
            return [.. Enumerable.Range(0, 4).Select(_ => history.Next(TimeSpan.Zero))];
        }
    }

    [Fact]
    public void Forget_BudgetSpent_IsWholeAgain()
    {
        var history = new RestartHistory(Policy with { Budget = 1 }, 0);
        history.Next(TimeSpan.Zero);
        Assert.Null(history.Next(TimeSpan.Zero));

        history.Forget();

        Assert.NotNull(history.Next(TimeSpan.Zero));
    }
}
