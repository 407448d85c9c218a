using ChaosBench.Server.Routing;
using ChaosBench.Server.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using NSubstitute;

namespace ChaosBench.Tests.Server.Routing;

public class RouterTests
{
    [Fact]
    public async Task SeatAsync_IdleReplicas_TakeTurns()
    {
        var router = Ready(replicas: 3, places: 4, queue: 0);

        Assert.Equal([0, 1, 2, 0, 1, 2], await SeatIndexes(router, 6));
    }

    [Fact]
    public async Task SeatAsync_UnevenLoad_PicksTheLeastOutstanding()
    {
        var router = Ready(replicas: 2, places: 4, queue: 0);
        var first = await SeatAsync(router);
        await SeatAsync(router);
        first.Ticket.Dispose();

        Assert.Equal(0, (await SeatAsync(router)).Seat.Index);
        Assert.Equal(1, router.OutstandingOf(0));
        Assert.Equal(1, router.OutstandingOf(1));
    }

    [Theory]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 3, 4)]
    [InlineData(2, 4, 0, 8)]
    [InlineData(2, 4, 5, 13)]
    public void TryAdmit_BeyondPlacesAndQueue_Refuses(int replicas, int places, int queue, int admitted)
    {
        var router = Ready(replicas, places, queue);
        for (var request = 0; request < admitted; request++)
        {
            Assert.NotNull(router.TryAdmit());
        }

        Assert.Null(router.TryAdmit());
        Assert.Equal(admitted, router.Waiting);
    }

    [Fact]
    public async Task TryAdmit_AfterALeave_AdmitsAgain()
    {
        var router = Ready(replicas: 1, places: 1, queue: 0);
        var (ticket, _) = await SeatAsync(router);
        Assert.Null(router.TryAdmit());
        ticket.Dispose();
        ticket.Dispose();

        using var next = router.TryAdmit();
        Assert.NotNull(next);
        Assert.Null(router.TryAdmit());
    }

    [Fact]
    public async Task SeatAsync_AllBusy_ServesInOrder()
    {
        var router = Ready(replicas: 1, places: 1, queue: 9);
        var (busy, _) = await SeatAsync(router);
        var tickets = Enumerable.Range(0, 3).Select(_ => router.TryAdmit()!).ToList();
        var seats = tickets.ConvertAll(ticket => ticket.SeatAsync(again: false, default).AsTask());

        busy.Dispose();
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.NotNull(await seats[turn].WaitAsync(FakeModel.Patience));
            Assert.All(seats.Skip(turn + 1), seat => Assert.False(seat.IsCompleted));
            tickets[turn].Dispose();
        }
    }

    [Fact]
    public async Task SeatAsync_Again_GoesToTheFront()
    {
        var router = Ready(replicas: 2, places: 1, queue: 9);
        var (unlucky, lost) = await SeatAsync(router);
        var (other, _) = await SeatAsync(router);
        using var patient = router.TryAdmit()!;
        var patientSeat = patient.SeatAsync(again: false, default).AsTask();

        router.Eject(lost, comesBack: false);
        unlucky.Unseat();
        var again = unlucky.SeatAsync(again: true, default).AsTask();
        other.Dispose();

        Assert.Equal(1, (await again.WaitAsync(FakeModel.Patience))!.Index);
        Assert.False(patientSeat.IsCompleted);
    }

    [Fact]
    public async Task SeatAsync_CancelledInTheQueue_LeavesItsTurnToTheNext()
    {
        var router = Ready(replicas: 1, places: 1, queue: 9);
        var (busy, _) = await SeatAsync(router);
        using var impatient = router.TryAdmit()!;
        using var patient = router.TryAdmit()!;
        using var cancellation = new CancellationTokenSource();
        var gone = impatient.SeatAsync(again: false, cancellation.Token).AsTask();
        var stays = patient.SeatAsync(again: false, default).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        busy.Dispose();

        Assert.NotNull(await stays.WaitAsync(FakeModel.Patience));
    }

    [Fact]
    public async Task Eject_LastReplica_DismissesTheQueue()
    {
        var router = Ready(replicas: 1, places: 1, queue: 9);
        var (_, seat) = await SeatAsync(router);
        using var waiting = router.TryAdmit()!;
        var waits = waiting.SeatAsync(again: false, default).AsTask();

        Assert.True(router.Eject(seat, comesBack: false));
        Assert.False(router.Eject(seat, comesBack: false));

        Assert.Null(await waits.WaitAsync(FakeModel.Patience));
    }

    [Fact]
    public async Task Readmit_WhileRequestsWait_SeatsThem()
    {
        var router = Ready(replicas: 1, places: 1, queue: 9);
        var (old, seat) = await SeatAsync(router);
        router.Expect(0);
        router.Eject(seat, comesBack: false);
        using var waiting = router.TryAdmit()!;
        var waits = waiting.SeatAsync(again: false, default).AsTask();
        Assert.False(waits.IsCompleted);

        router.Readmit(Replica(0));
        Assert.NotNull(await waits.WaitAsync(FakeModel.Patience));

        // The late end of the old life's request does not count against the new life.
        old.Dispose();
        Assert.Equal(1, router.OutstandingOf(0));
    }

    [Fact]
    public async Task GiveUp_NothingElseServes_DismissesTheQueue()
    {
        var router = new Router(replicas: 1, placesPerReplica: 1, queueLimit: 9);
        router.Expect(0);
        using var waiting = router.TryAdmit()!;
        var waits = waiting.SeatAsync(again: false, default).AsTask();
        Assert.False(waits.IsCompleted);

        router.GiveUp(0);

        Assert.Null(await waits.WaitAsync(FakeModel.Patience));
    }

    [Fact]
    public void Router_AnyHistory_KeepsItsBounds() =>
        Check.QuickThrowOnFailure(Prop.ForAll<int[]>(history =>
        {
            const int places = 2;
            const int queue = 3;
            var router = Ready(replicas: 2, places, queue);
            var requests = new List<Seated>();
            foreach (var step in history.Select(step => step & int.MaxValue))
            {
                Step(router, requests, step);
                Assert.InRange(router.Waiting, 0, queue + (2 * places));
                Assert.InRange(router.OutstandingOf(0), 0, places);
                Assert.InRange(router.OutstandingOf(1), 0, places);
                Assert.Equal(requests.Count, router.Waiting + router.OutstandingOf(0) + router.OutstandingOf(1));
            }

            requests.ForEach(request => request.Dispose());
            Assert.Equal(0, router.Waiting + router.OutstandingOf(0) + router.OutstandingOf(1));
        }));

    /// <summary>Two arrivals in three steps, so that the queue fills; the third ends one request, wherever it is.</summary>
    private static void Step(Router router, List<Seated> requests, int step)
    {
        if (step % 3 > 0)
        {
            if (router.TryAdmit() is { } ticket)
            {
                requests.Add(new Seated(ticket));
            }
        }
        else if (requests.Count > 0)
        {
            var at = step % requests.Count;
            requests[at].Dispose();
            requests.RemoveAt(at);
        }
    }

    /// <summary>A request as the server treats it: it is over only when it no longer waits for a seat.</summary>
    private sealed class Seated : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = new();
        private readonly Ticket _ticket;
        private readonly Task<Seat?> _seat;

        public Seated(Ticket ticket)
        {
            _ticket = ticket;
            _seat = ticket.SeatAsync(again: false, _cancellation.Token).AsTask();
        }

        public void Dispose()
        {
            _cancellation.Cancel();
            Task.WhenAny(_seat).Wait(FakeModel.Patience);
            _ticket.Dispose();
            _cancellation.Dispose();
        }
    }

    private static Router Ready(int replicas, int places, int queue)
    {
        var router = new Router(replicas, places, queue);
        for (var index = 0; index < replicas; index++)
        {
            router.Readmit(Replica(index));
        }

        return router;
    }

    private static IReplica Replica(int index)
    {
        var replica = Substitute.For<IReplica>();
        replica.Index.Returns(index);
        return replica;
    }

    private static async Task<(Ticket Ticket, Seat Seat)> SeatAsync(Router router)
    {
        var ticket = router.TryAdmit()!;
        return (ticket, (await ticket.SeatAsync(again: false, default))!);
    }

    private static async Task<List<int>> SeatIndexes(Router router, int count)
    {
        var indexes = new List<int>();
        for (var request = 0; request < count; request++)
        {
            indexes.Add((await SeatAsync(router)).Seat.Index);
        }

        return indexes;
    }
}
