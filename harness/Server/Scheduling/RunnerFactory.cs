using System.Numerics.Tensors;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ChaosBench.Server.Scheduling;

/// <summary>Makes runners for a graph, and finds out by trial how it keeps its cache: names and shapes do not say.</summary>
/// <param name="memory">Makes the device's memory for one session.</param>
internal sealed class RunnerFactory(string graph, DecoderInterface decoder, string device, Func<InferenceSession, IDeviceMemory> memory)
{
    // Lengths of the trial's two rows; their difference is what a wrong padding or position shows.
    private const int Short = 3;
    private const int Long = 11;

    /// <param name="shares">What the folder says of a shared buffer; null where it says nothing.</param>
    /// <exception cref="ModelLoadException">The graph cannot make a step in any form.</exception>
    public CacheForm Find(bool? shares, int context)
    {
        string? problem = null;
        if (shares != false)
        {
            try
            {
                Create(CacheForm.Shared, new RunnerSizes(1, Math.Min(8, context), 2), threads: 1).Dispose();
                return CacheForm.Shared;
            }
            catch (ModelLoadException e)
            {
                problem = e.Message;
            }
        }

        try
        {
            var sizes = new RunnerSizes(2, Math.Min(Long + 1, context), Long);
            using var runner = (GrowingCacheRunner)Create(CacheForm.GrowingEqualLengths, sizes, threads: 1);
            return sizes.Positions <= Long ? CacheForm.GrowingEqualLengths : Padding(runner);
        }
        catch (ModelLoadException e) when (problem is not null)
        {
            throw new ModelLoadException(graph, $"{problem[(graph.Length + 2)..]}; {e.Message[(graph.Length + 2)..]}", e);
        }
    }

    /// <summary>
    /// A fresh session and cache that has made its first steps: the first calls are slow, and a graph that cannot work fails here.
    /// </summary>
    /// <exception cref="ModelLoadException">The cache is larger than the device's memory, or the graph does not work.</exception>
    public IDecoderRunner Create(CacheForm form, RunnerSizes sizes, int threads, CudaGraphs graphs = CudaGraphs.Off)
    {
        var captures = CudaGraphRule.Resolve(graph, graphs, device, form);
        InferenceSession session;
        try
        {
            session = SessionFactory.Open(graph, device, threads, captures);
        }
        catch (ModelLoadException) when (captures && graphs == CudaGraphs.Auto)
        {
            // Some of its nodes run on the CPU with copies in between, which cannot be captured.
            captures = false;
            session = SessionFactory.Open(graph, device, threads);
        }

        try
        {
            var opened = new OpenedGraph(graph, session, decoder, memory(session), captures);
            RequireRoom(opened.Memory, form, sizes);
            return Start(form, sizes, opened);
        }
        catch (Exception e) when (e is ModelLoadException or DeviceMemoryException)
        {
            session.Dispose();
            throw e as ModelLoadException ?? new ModelLoadException(graph, e.Message, e);
        }
    }

    private IDecoderRunner Start(CacheForm form, RunnerSizes sizes, OpenedGraph opened)
    {
        IDecoderRunner? runner = null;
        try
        {
            runner = form == CacheForm.Shared ? new SharedCacheRunner(opened, sizes) : new GrowingCacheRunner(opened, form, sizes);
            runner.Prefill(0, [0], past: 0);
            runner.Decode([0], [1]);
            return runner;
        }
        catch (Exception e) when (e is OnnxRuntimeException or DeviceMemoryException or ModelLoadException)
        {
            ((IDisposable?)runner ?? opened).Dispose();
            var how = form == CacheForm.Shared ? "with past and present in one buffer" : "with a present that is longer than the past";
            throw e switch
            {
                ModelLoadException told => told,
                DeviceMemoryException => new ModelLoadException(graph, $"{e.Message}; take fewer slots, fewer replicas or a shorter context", e),
                _ => new ModelLoadException(graph, $"cannot make a step {how} ({SessionFactory.FirstLine(e.Message)})", e),
            };
        }
    }

    private void RequireRoom(IDeviceMemory place, CacheForm form, RunnerSizes sizes)
    {
        // Growing caches are kept once without gaps and twice as the past and present of a step.
        var needed = KvCache.BytesFor(decoder, sizes.Rows, sizes.Positions) * (form == CacheForm.Shared ? 1 : 3);
        if (place.Available is var available && needed > available)
        {
            var owner = place.IsHost ? "the machine" : device;
            throw new ModelLoadException(
                graph,
                $"a cache of {sizes.Slots:N0} slots of {sizes.Positions:N0} positions takes {needed >> 20:N0} MiB, and {owner} has {available >> 20:N0} MiB; "
                + "take fewer slots or a shorter context");
        }
    }

    /// <summary>Two rows of different lengths must get together what each gets alone.</summary>
    private CacheForm Padding(GrowingCacheRunner runner)
    {
        var prompts = new[] { Tokens(Short), Tokens(Long) };
        var alone = new float[prompts.Length][];
        for (var row = 0; row < prompts.Length; row++)
        {
            runner.Prefill(0, prompts[row], past: 0);
            runner.Decode([1], [prompts[row].Length]);
            alone[row] = runner.LogitsOf(0).ToArray();
        }

        foreach (var form in (CacheForm[])[CacheForm.GrowingPaddedLeft, CacheForm.GrowingPaddedRight])
        {
            runner.Form = form;
            for (var row = 0; row < prompts.Length; row++)
            {
                runner.Prefill(row, prompts[row], past: 0);
            }

            try
            {
                runner.Decode([1, 1], [Short, Long]);
            }
            catch (OnnxRuntimeException)
            {
                // A mask of a form that the graph refuses.
                continue;
            }

            if (Agree(alone[0], runner.LogitsOf(0)) && Agree(alone[1], runner.LogitsOf(1)))
            {
                return form;
            }
        }

        return CacheForm.GrowingEqualLengths;
    }

    private int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => ((i * 37) + 11) % decoder.Vocabulary)];

    /// <summary>Up to rounding, which is 1e-6 of the largest logit in f32 and 1e-3 in f16. Logits that are not numbers never agree.</summary>
    private bool Agree(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        var tolerance = decoder.CacheType == TensorElementType.Float16 || decoder.LogitsType == TensorElementType.Float16 ? 1e-2f : 1e-4f;
        var difference = new float[expected.Length];
        TensorPrimitives.Subtract(expected, actual, difference);
        return TensorPrimitives.MaxMagnitude<float>(difference) is var most
            && MathF.Abs(most) <= tolerance * MathF.Abs(TensorPrimitives.MaxMagnitude(expected));
    }
}
