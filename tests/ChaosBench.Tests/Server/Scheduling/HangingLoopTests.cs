using System.Threading.Channels;
using ChaosBench.Server;
using ChaosBench.Server.Sampling;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Scheduling;

/// <summary>A batch loop whose step does not end, on a thread that lives.</summary>
public class HangingLoopTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public async Task Run_StepHangs_IsSeenFromOutsideUntilItEnds()
    {
        var time = new FakeTime();
        var pulse = new LoopPulse(time);
        var model = TriageModel.Require();
        using var runner = new HangingRunner();
        var arrivals = Channel.CreateUnbounded<Generation>();
        var loop = new BatchLoop(runner, arrivals.Reader, new HashSet<int>(), new SamplerScratch(HangingRunner.Vocabulary), new PrefixShelf(runner, 0))
        {
            Pulse = pulse,
        };
        var thread = new Thread(loop.Run) { IsBackground = true };
        thread.Start();
        var request = new GenerationRequest { RequestId = "r", Messages = [], Prompt = "x", MaxTokens = 1 };
        var generation = new Generation(request, [1], new CollectingSink(), new GenerationContext(0, model.Tokenizer, 64, () => { }, default));

        pulse.Owe();
        Assert.True(arrivals.Writer.TryWrite(generation));
        Assert.True(runner.Entered.Wait(FakeModel.Patience));
        Assert.True(pulse.Moves(Limit));
        time.Advance(Limit + TimeSpan.FromSeconds(1));
        Assert.False(pulse.Moves(Limit));

        runner.Release.Set();
        await generation.Result.WaitAsync(FakeModel.Patience);
        await Eventually.HoldsAsync(() => pulse.Moves(Limit));
        arrivals.Writer.Complete();
        Assert.True(thread.Join(FakeModel.Patience));
    }

    private sealed class HangingRunner : IDecoderRunner
    {
        public const int Vocabulary = 8;

        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public int Slots => 1;

        public int Positions => 64;

        public int Chunk => 16;

        public void Terminate()
        {
        }

        public ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens, int past)
        {
            Entered.Set();
            Assert.True(Release.Wait(FakeModel.Patience));
            return new float[Vocabulary];
        }

        public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths)
        {
        }

        public ReadOnlySpan<float> LogitsOf(int row) => new float[Vocabulary];

        public void Move(int from, int to, int used)
        {
        }

        public void Dispose()
        {
            Entered.Dispose();
            Release.Dispose();
        }
    }
}
