using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine.Loops;

/// <summary>A run's memory does not grow with its requests: what has been written is held by nobody.</summary>
public sealed class HeldMemoryTests : IDisposable
{
    private const int Watched = 200;
    private const int Later = 400;

    /// <summary>A frame that is still on the stack may hold the last ones.</summary>
    private const int OnTheStack = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-held").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_RequestsThatAreInTheJournal_AreHeldByNobody(bool stream)
    {
        await using var server = new NullServer(3);
        await using var target = new OpenAiTarget(Ask.Settings(server.Url));
        var watch = new Watch();
        await using var journal = JournalWriter.Create(_folder, TimeProvider.System);

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Plans.Closed(2, TimeSpan.Zero, TimeSpan.FromSeconds(60)) with
            {
                Arrivals = [Plans.Arrival(0, 0, stream: stream, grader: GraderKind.None)],
            },
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = journal,
            Observer = watch,
            Halt = watch.Enough,
            Loops = 1,
            WarmUp = false,
        });

        Assert.Equal(RunEnding.Cancelled, outcome.Ending);
        Assert.InRange(watch.Alive, 0, OnTheStack);
    }

    /// <summary>Remembers the first requests without holding them; looks for them once many more have come and gone.</summary>
    private sealed class Watch : IRunObserver
    {
        private readonly List<WeakReference> _seen = [];
        private readonly TaskCompletionSource<RunHalt> _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task<RunHalt> Enough => _enough.Task;

        public int Alive { get; private set; } = int.MaxValue;

        public AnswerUse UseOf(Arrival arrival) => AnswerUse.Look;

        public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
        {
            _count++;
            if (_count <= Watched)
            {
                _seen.AddRange([new WeakReference(arrival), new WeakReference(observation), new WeakReference(output)]);
            }
            else if (_count == Later)
            {
                GC.Collect();
                Alive = _seen.Count(one => one.IsAlive);
                _enough.SetResult(new RunHalt(RunEnding.Cancelled, "seen enough"));
            }
        }
    }
}
