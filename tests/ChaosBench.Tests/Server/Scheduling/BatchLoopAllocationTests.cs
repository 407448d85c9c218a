using System.Threading.Channels;
using ChaosBench.Server;
using ChaosBench.Server.Sampling;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;

namespace ChaosBench.Tests.Server.Scheduling;

/// <summary>
/// What a step of the whole loop allocates: steps of one row and of four rows, with the same answer in each, differ by what the text
/// of three answers takes. What is left is the step's own.
/// </summary>
public class BatchLoopAllocationTests
{
    private const int Tokens = 300;
    private const int Rows = 4;

    // The mask grows to 256 and to 512 positions on the way.
    private const int First = 100;
    private const int Steps = Tokens - 10 - First;

    [SkippableFact]
    public void Run_SteadyBatch_AllocatesNothingPerStep()
    {
        // Once for shapes that are bound and code that is compiled.
        Measure(Rows);
        Measure(1);

        var (many, one) = (Measure(Rows), Measure(1));

        var text = (many - one) / (Rows - 1);
        Assert.Equal(0, one - text);
        Assert.InRange((double)text / Steps, 0, 64);
    }

    /// <summary>Bytes over the steps from one token to another of the first answer.</summary>
    private static long Measure(int rows)
    {
        var model = TriageModel.Require();
        using var runner = model.CreateRunner(new ReplicaOptions { Slots = Rows, MaxContext = 512, KeptPrefixes = 0 });
        Decode(runner, rows);
        var arrivals = Channel.CreateUnbounded<Generation>();
        var sinks = Enumerable.Range(0, rows).Select(_ => new AllocationSink(Tokens)).ToArray();
        foreach (var sink in sinks)
        {
            var request = new GenerationRequest { RequestId = "a", Messages = [], Prompt = "zzzz", MaxTokens = Tokens };
            var context = new GenerationContext(0, model.Tokenizer, runner.Positions, () => { }, default);
            Assert.True(arrivals.Writer.TryWrite(new Generation(request, model.EncodePrompt(request.Prompt), sink, context)));
        }

        arrivals.Writer.Complete();
        // No token ends an answer, so the batch stays as it is until all are done.
        new BatchLoop(runner, arrivals.Reader, new HashSet<int>(), new SamplerScratch(model.Vocabulary), new PrefixShelf(runner, 0)).Run();
        Assert.Equal(Tokens, sinks[0].Count);
        return sinks[0].Allocated[First + Steps] - sinks[0].Allocated[First];
    }

    /// <summary>Every shape that the loop will use occurs here first.</summary>
    private static void Decode(IDecoderRunner runner, int rows)
    {
        for (var length = 1; length < runner.Positions; length *= 2)
        {
            runner.Decode(new int[rows], [.. Enumerable.Repeat(length, rows)]);
        }
    }

    private sealed class AllocationSink(int most) : IGenerationSink
    {
        public long[] Allocated { get; } = new long[most];

        public int Count { get; private set; }

        public void Tokens(int count, string text)
        {
            for (; count > 0; count--)
            {
                Allocated[Count++] = GC.GetAllocatedBytesForCurrentThread();
            }
        }
    }
}
