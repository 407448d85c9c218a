using ChaosBench.Reports.Telemetry;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Reports.Telemetry;

public sealed class TraceIdsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Header_OfARequest_IsOfTheW3CForm()
    {
        var header = Ids().Header(7, 7, 0);

        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", header);
        Assert.Equal($"00-{Ids().TraceOf(7)}-{Ids().SpanOf(7):x16}-01", header);
    }

    [Fact]
    public void Header_SameRunAndRequest_IsTheSameAndOthersDiffer()
    {
        Assert.Equal(Ids().Header(7, 9, 2), Ids().Header(7, 9, 2));
        Assert.NotEqual(Ids().RunId, new TraceIds(new string('b', 64), Start, 1).RunId);
        Assert.NotEqual(Ids().RunId, new TraceIds(new string('a', 64), Start.AddTicks(1), 1).RunId);
    }

    [Fact]
    public void Ids_OfAMillionRequests_AreAllDifferent()
    {
        var ids = Ids();
        var spans = new HashSet<ulong>();
        var traces = new HashSet<TraceId> { ids.RunTrace };
        for (var arrival = 0; arrival < 200_000; arrival++)
        {
            Assert.True(traces.Add(ids.TraceOf(arrival)));
            for (var attempt = 0; attempt < 5; attempt++)
            {
                Assert.True(spans.Add(ids.SpanOf(arrival, attempt)));
            }
        }

        Assert.All(Enumerable.Range(0, 5_000), number => Assert.True(spans.Add(ids.RunSpan(number))));
    }

    [Fact]
    public void IsSampled_AShare_MarksThatManyAndTheFlagSaysIt()
    {
        var ids = new TraceIds(new string('a', 64), Start, 0.1);
        var sampled = Enumerable.Range(0, 100_000).Count(ids.IsSampled);

        Assert.InRange(sampled, 9_500, 10_500);
        Assert.All(Enumerable.Range(0, 100), one => Assert.EndsWith(ids.IsSampled(one) ? "-01" : "-00", ids.Header(one, one, 0), StringComparison.Ordinal));
        Assert.All(Enumerable.Range(0, 1_000), one => Assert.True(Ids().IsSampled(one)));
        Assert.DoesNotContain(Enumerable.Range(0, 1_000), new TraceIds(new string('a', 64), Start, 0).IsSampled);
    }

    [Fact]
    public void Write_AnyNumbers_FillsTheHeaderAndNoMore() => Prop.ForAll<int, int>((root, arrival) =>
    {
        var bytes = new byte[TraceIds.HeaderLength + 1];
        bytes[^1] = 77;
        Ids().Write(bytes, root & int.MaxValue, arrival & int.MaxValue, 3);
        return bytes[^1] == 77 && bytes.AsSpan(0, TraceIds.HeaderLength).IndexOf((byte)0) < 0;
    }).QuickCheckThrowOnFailure();

    private static TraceIds Ids() => new(new string('a', 64), Start, 1);
}
