using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Benchmarks;

/// <summary>
/// What ONNX Runtime itself can do with the graph: greedy decoding of a fixed batch with bound buffers and nothing else. Written
/// apart from the server, so that a slowness of the server's own calls shows.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const int MaskStep = 64;

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly int _rows;
    private readonly int _positions;
    private readonly int _vocabulary;
    private readonly List<(string Past, string Present, OrtValue Block)> _cache = [];

    public BareLoop(string graph, int rows, int positions)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(graph, options);
        (_rows, _positions) = (rows, positions);
        _vocabulary = _session.OutputMetadata["logits"].Dimensions[2];
        foreach (var past in _session.InputMetadata.Keys.Where(name => name.StartsWith("past", StringComparison.Ordinal)))
        {
            var shape = _session.InputMetadata[past].Dimensions;
            var block = GC.AllocateArray<float>(rows * shape[1] * positions * shape[3], pinned: true);
            var value = OrtValue.CreateTensorValueFromMemory(block, [rows, shape[1], positions, shape[3]]);
            _cache.Add((past, past.Replace("past_key_values", "present", StringComparison.Ordinal), value));
        }
    }

    /// <summary>Seconds of so many steps of the whole batch, after a prompt of so many tokens.</summary>
    public double Decode(int prompt, int steps)
    {
        var ids = GC.AllocateArray<long>(_rows * prompt, pinned: true);
        Array.Fill(ids, 100);
        var logits = GC.AllocateArray<float>(_rows * prompt * _vocabulary, pinned: true);
        using (var call = new Call(this, ids, logits, prompt, width: prompt))
        {
            call.Ones(0, prompt);
            call.Run();
        }

        Array.Fill(ids, 100);
        Call? step = null;
        var from = Machine.Clock.GetTimestamp();
        for (var i = 0; i < steps; i++)
        {
            var length = prompt + i + 1;
            if (step is null || length > step.Width)
            {
                step?.Dispose();
                step = new Call(this, ids, logits, 1, Math.Min((length + MaskStep - 1) / MaskStep * MaskStep, _positions));
                step.Ones(0, length);
            }

            step.Ones(length - 1, 1);
            step.Run();
            for (var row = 0; row < _rows; row++)
            {
                ids[row] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(logits.AsSpan(row * _vocabulary, _vocabulary));
            }
        }

        var seconds = Machine.Seconds(from, Machine.Clock.GetTimestamp());
        step?.Dispose();
        return seconds;
    }

    /// <summary>Seconds of a chunk of prompt tokens on top of a past. One row only.</summary>
    public double Prefill(int tokens, int past)
    {
        var ids = GC.AllocateArray<long>(tokens, pinned: true);
        Array.Fill(ids, 100);
        using var call = new Call(this, ids, GC.AllocateArray<float>(tokens * _vocabulary, pinned: true), tokens, past + tokens);
        call.Ones(0, past + tokens);
        call.Run();
        var from = Machine.Clock.GetTimestamp();
        call.Run();
        return Machine.Seconds(from, Machine.Clock.GetTimestamp());
    }

    public void Dispose()
    {
        _cache.ForEach(entry => entry.Block.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    private sealed class Call : IDisposable
    {
        private readonly BareLoop _loop;
        private readonly OrtIoBinding _binding;
        private readonly OrtValue[] _values;
        private readonly long[] _mask;

        public Call(BareLoop loop, long[] ids, float[] logits, int tokens, int width)
        {
            (_loop, Width) = (loop, width);
            _mask = GC.AllocateArray<long>(loop._rows * width, pinned: true);
            _binding = loop._session.CreateIoBinding();
            _values =
            [
                OrtValue.CreateTensorValueFromMemory(ids, [loop._rows, tokens]),
                OrtValue.CreateTensorValueFromMemory(_mask, [loop._rows, width]),
                OrtValue.CreateTensorValueFromMemory(logits, [loop._rows, tokens, loop._vocabulary]),
            ];
            _binding.BindInput("input_ids", _values[0]);
            _binding.BindInput("attention_mask", _values[1]);
            _binding.BindOutput("logits", _values[2]);
            foreach (var (past, present, block) in loop._cache)
            {
                _binding.BindInput(past, block);
                _binding.BindOutput(present, block);
            }
        }

        public int Width { get; }

        public void Ones(int from, int count)
        {
            for (var row = 0; row < _loop._rows; row++)
            {
                _mask.AsSpan((row * Width) + from, count).Fill(1);
            }
        }

        public void Run() => _loop._session.RunWithBinding(_loop._options, _binding);

        public void Dispose()
        {
            _binding.Dispose();
            Array.ForEach(_values, value => value.Dispose());
        }
    }
}
