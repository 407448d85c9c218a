using System.Threading.Channels;
using ChaosBench.Server.Sampling;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Continuous batching on one thread. Between two steps requests join, leave and are cancelled:
/// <code>
/// arrivals -> waiting -> row d: prompt, chunk by chunk -> rows 0..d-1: one token per step each -> result
/// </code>
/// A round spends at most one chunk of prompt tokens before the running answers get their next token, so a long prompt costs
/// the others one chunk per token and never a stall.
/// </summary>
internal sealed class BatchLoop(
    IDecoderRunner runner, ChannelReader<Generation> arrivals, IReadOnlySet<int> endTokens, SamplerScratch scratch, PrefixShelf prefixes)
{
    private readonly Queue<Generation> _waiting = [];
    private readonly List<Generation> _running = new(runner.Slots);
    private readonly int[] _tokens = new int[runner.Slots];
    private readonly int[] _lengths = new int[runner.Slots];

    // Its row is the one behind the running ones.
    private Generation? _prompt;

    /// <summary>Told of every round; null when nobody watches.</summary>
    public LoopPulse? Pulse { get; init; }

    /// <summary>Set from any thread; the loop returns before its next step.</summary>
    public bool Stopped
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Returns when stopped or when no more can arrive and all is done.</summary>
    public void Run()
    {
        while (!Stopped)
        {
            Pulse?.Beat();
            TakeArrivals();
            LeaveCancelled();
            if (_prompt is null && _running.Count == 0 && _waiting.Count == 0)
            {
                Pulse?.Rest();
                // Blocks this dedicated thread; the writer's call completes the wait.
                if (!arrivals.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
                {
                    return;
                }

                continue;
            }

            Prefill();
            Decode();
        }
    }

    /// <summary>Everything that is not ended, for whoever cleans up after the loop.</summary>
    public IEnumerable<Generation> Unfinished()
    {
        TakeArrivals();
        return [.. _running, .. _prompt is null ? [] : (Generation[])[_prompt], .. _waiting];
    }

    private void TakeArrivals()
    {
        while (arrivals.TryRead(out var generation))
        {
            _waiting.Enqueue(generation);
        }
    }

    private void LeaveCancelled()
    {
        for (var row = _running.Count - 1; row >= 0; row--)
        {
            if (EndIfCancelled(_running[row]))
            {
                Leave(row);
            }
        }

        if (_prompt is not null && EndIfCancelled(_prompt))
        {
            _prompt = null;
        }

        for (var i = _waiting.Count; i > 0; i--)
        {
            var generation = _waiting.Dequeue();
            if (!EndIfCancelled(generation))
            {
                _waiting.Enqueue(generation);
            }
        }
    }

    private static bool EndIfCancelled(Generation generation)
    {
        if (generation.Cancellation.IsCancellationRequested)
        {
            generation.End(GenerationStatus.Cancelled, "the request was cancelled");
        }

        return generation.Result.IsCompleted;
    }

    /// <summary>
    /// Chunks begin at multiples of the chunk size of their own prompt, never where the budget happens to end: otherwise the load
    /// would decide how a prompt is rounded.
    /// </summary>
    private void Prefill()
    {
        var budget = runner.Chunk;
        while (!Stopped && NextPrompt() is { } generation)
        {
            var size = Math.Min(runner.Chunk, generation.Prompt.Length - generation.Length);
            if (size > budget)
            {
                return;
            }

            budget -= size;
            PrefillChunk(generation, size);
        }
    }

    private Generation? NextPrompt()
    {
        if (_prompt is null && _running.Count < runner.Slots && _waiting.TryDequeue(out var next))
        {
            next.Sampler = new Sampler(next.Request, scratch, next.Prompt);
            next.Length = next.Reused = prefixes.Reuse(next.Prompt, _running.Count);
            _prompt = next;
        }

        return _prompt;
    }

    private void PrefillChunk(Generation generation, int size)
    {
        try
        {
            var logits = runner.Prefill(_running.Count, generation.Prompt.AsSpan(generation.Length, size), generation.Length);
            generation.Length += size;
            if (!generation.PromptDone)
            {
                return;
            }

            _prompt = null;
            var row = _running.Count;
            if (!Accept(generation, logits))
            {
                _running.Add(generation);
            }

            prefixes.Keep(generation.Prompt, row);
        }
        catch (OnnxRuntimeException e) when (!Stopped)
        {
            generation.End(GenerationStatus.Failed, StepFailed(e));
            _prompt = null;
        }
    }

    private void Decode()
    {
        var count = _running.Count;
        if (count == 0 || Stopped)
        {
            return;
        }

        for (var row = 0; row < count; row++)
        {
            _tokens[row] = _running[row].NextToken;
            _lengths[row] = _running[row].Length;
        }

        try
        {
            runner.Decode(_tokens.AsSpan(0, count), _lengths.AsSpan(0, count));
        }
        catch (OnnxRuntimeException e) when (!Stopped)
        {
            _running.ForEach(g => g.End(GenerationStatus.Failed, StepFailed(e)));
            _running.Clear();
            if (_prompt is { Length: > 0 })
            {
                runner.Move(count, 0, _prompt.Length);
            }

            return;
        }

        // From the last row on, so that a row moved into a gap has had its turn.
        for (var row = count - 1; row >= 0; row--)
        {
            _running[row].Length++;
            if (Accept(_running[row], runner.LogitsOf(row)))
            {
                Leave(row);
            }
        }
    }

    private bool Accept(Generation generation, ReadOnlySpan<float> logits)
    {
        if (generation.LogitsDamage is { } damage)
        {
            var damaged = new float[logits.Length];
            Array.Fill(damaged, damage);
            logits = damaged;
        }

        var token = generation.Sampler!.Next(logits);
        var isEnd = endTokens.Contains(token);
        if (generation.Request.TopLogProbs is not null && token != Sampler.NonFinite && !isEnd)
        {
            generation.Explain(token, logits, scratch);
        }

        return generation.Accept(token, isEnd);
    }

    /// <summary>Fills the gap with the last running row, and that one's place with the prompt behind it.</summary>
    private void Leave(int row)
    {
        var last = _running.Count - 1;
        if (row < last)
        {
            runner.Move(last, row, _running[last].Length);
            _running[row] = _running[last];
        }

        _running.RemoveAt(last);
        if (_prompt is { Length: > 0 })
        {
            runner.Move(last + 1, last, _prompt.Length);
        }
    }

    private static string StepFailed(OnnxRuntimeException e) => $"a step of the model failed ({Models.SessionFactory.FirstLine(e.Message)})";
}
