using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine.Loops;

/// <summary>
/// What the whole engine leaves to the garbage collector, counted on the loop's own thread from the end of one request to the end of
/// another, once its buffers have been made.
/// </summary>
public class GarbageTests
{
    private const int Events = 100;
    private const int Warm = 20;

    /// <summary>The goals, in bytes.</summary>
    private const double PerTokenEvent = 64;
    private const double PerPlainRequest = 512;

    [Fact]
    public async Task TokenEvent_NobodyWantsTheText_LeavesItsGapAndAShareOfTheObservation() =>
        Assert.InRange(await SettledAsync(stream: true, wantsText: false, 32 * Events) / Events, 1, 32);

    [Fact]
    public async Task TokenEvent_TextWanted_StaysBelowTheGoal() =>
        Assert.InRange(await SettledAsync(stream: true, wantsText: true, PerTokenEvent * Events) / Events, 1, PerTokenEvent);

    [Fact]
    public async Task PlainRequest_StaysBelowTheGoal() =>
        Assert.InRange(await SettledAsync(stream: false, wantsText: false, PerPlainRequest), 1, PerPlainRequest);

    /// <summary>Code that is not optimized yet makes objects that optimized code does not: up to ten runs until <paramref name="goal"/> is met.</summary>
    private static async Task<double> SettledAsync(bool stream, bool wantsText, double goal)
    {
        var least = double.MaxValue;
        for (var run = 0; run < 10 && least > goal; run++)
        {
            least = Math.Min(least, await BytesAsync(stream, wantsText));
        }

        return least;
    }

    /// <summary>The median over the requests of one client, so that a buffer that grows late does not count.</summary>
    private static async Task<double> BytesAsync(bool stream, bool wantsText)
    {
        await using var server = new NullServer(Events);
        await using var target = new OpenAiTarget(Ask.Settings(server.Url));
        var meter = new Meter(wantsText);
        var plan = Plans.Closed(1, TimeSpan.Zero, TimeSpan.FromSeconds(1)) with
        {
            Arrivals = [Plans.Arrival(0, 0, stream: stream, grader: GraderKind.None)],
        };

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = plan,
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = new NoJournal(),
            Observer = meter,
            Loops = 1,
            WarmUp = false,
        });

        Assert.Equal(outcome.Counts.Arrivals, outcome.Counts.Completed);
        if (meter.Bytes.Count <= Warm + 1)
        {
            // Too slow a second to tell.
            return double.MaxValue;
        }

        var spent = meter.Bytes.Skip(Warm).Zip(meter.Bytes.Skip(Warm + 1), (before, after) => (double)(after - before)).Order().ToList();
        return spent[spent.Count / 2];
    }

    private sealed class Meter(bool wantsText) : IRunObserver
    {
        public List<long> Bytes { get; } = new(1 << 20);

        public AnswerUse UseOf(Arrival arrival) => wantsText ? AnswerUse.Look : AnswerUse.None;

        public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
        {
            if (Bytes.Count < Bytes.Capacity)
            {
                Bytes.Add(GC.GetAllocatedBytesForCurrentThread());
            }
        }
    }

    private sealed class NoJournal : IJournalWriter
    {
        public void Write(JournalEvent @event)
        {
        }
    }
}
