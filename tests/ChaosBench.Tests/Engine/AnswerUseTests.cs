using System.Collections.Concurrent;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine;

/// <summary>What becomes of an answer's text is decided once for each request and does not change until its end.</summary>
public class AnswerUseTests
{
    [Theory]
    [InlineData(HttpTransport.EventLoop)]
    [InlineData(HttpTransport.SocketsHandler)]
    public async Task UseOf_EachRequest_IsAskedOnceAndToldAtTheEnd(HttpTransport transport)
    {
        await using var server = new NullServer(3);
        await using var target = new OpenAiTarget(Ask.Settings(server.Url) with { Transport = transport });
        var fickle = new Fickle();

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Plans.Closed(4, TimeSpan.Zero, TimeSpan.FromMilliseconds(300)) with
            {
                Arrivals = [Plans.Arrival(0, 0, stream: true, grader: GraderKind.None)],
            },
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = new MemoryJournal(),
            Observer = fickle,
            Loops = 2,
            WarmUp = false,
        });

        Assert.Equal(outcome.Counts.Arrivals, fickle.Ended.Count);
        Assert.All(fickle.Ended, one =>
        {
            Assert.Equal([one.Use], fickle.Said[one.Arrival]);
            Assert.True(one.HasText || one.Use == AnswerUse.None, $"{one.Use} without a text");
        });
    }

    /// <summary>Says something else each time that it is asked, from several threads.</summary>
    private sealed class Fickle : IRunObserver
    {
        private int _asked;

        public ConcurrentDictionary<int, ConcurrentQueue<AnswerUse>> Said { get; } = new();

        public ConcurrentQueue<(int Arrival, AnswerUse Use, bool HasText)> Ended { get; } = new();

        public AnswerUse UseOf(Arrival arrival)
        {
            var use = (AnswerUse)(Interlocked.Increment(ref _asked) % 4);
            Said.GetOrAdd(arrival.Index, _ => new()).Enqueue(use);
            return use;
        }

        public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use) =>
            Ended.Enqueue((arrival.Index, use, output is not null || observation.Outcome != Outcome.Completed));
    }
}
