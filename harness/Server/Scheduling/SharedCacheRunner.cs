using System.Numerics;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>Serves graphs whose past and present may be one buffer, so that a step writes its keys and values in place.</summary>
/// <remarks>
/// <para>
/// Everything a decode step needs is bound once per batch size and width of the mask, kept and reused, so a step allocates nothing
/// once its shape has occurred. Prompts bind anew for every chunk.
/// </para>
/// <para>
/// The cache never leaves the device's memory: ids, positions and mask go there before a call, and the lines of logits that are read come
/// back after it. A decode step's shape and addresses are those of every other step of its batch size and width, so it can be a CUDA graph.
/// </para>
/// <para>
/// The CPU kernel of GroupQueryAttention takes several new tokens on top of a past for a single row only, so prompts run row by
/// row (measured: as fast per token as in a batch) and decode steps run for all rows at once.
/// </para>
/// </remarks>
internal sealed class SharedCacheRunner : IDecoderRunner
{
    // The attention mask of a decode step is so wide, or twice, or four times...: few shapes, so all of them can be kept bound.
    private const int NarrowestMask = 64;

    // In place of a width: bound anew whenever the shape changes.
    private const int AnyWidth = 0;

    // Capturing a graph takes about three steps, and a shape that has come so often comes again.
    private const int StepsBeforeCapture = 4;

    // A captured graph holds memory of the card until the session ends.
    private const int MostGraphs = 256;

    private readonly OpenedGraph _graph;
    private readonly DecoderInterface _decoder;
    private readonly IDeviceMemory _memory;
    private readonly KvCache _cache;
    private readonly CallOptions _options;
    private readonly Dictionary<(int Row, int Rows, int Width), Call> _calls = [];
    private readonly Dictionary<(int Row, int Rows), OrtValue[]> _cacheViews = [];
    private readonly StepInputs _inputs;
    private readonly int[] _masked;
    private readonly LogitsBuffer _logits;
    private (int Rows, int Width) _maskShape;

    /// <exception cref="ModelLoadException">The session cannot keep its cache in its device's memory.</exception>
    /// <exception cref="DeviceMemoryException">The device has too little of it.</exception>
    public SharedCacheRunner(OpenedGraph graph, RunnerSizes sizes)
    {
        (_graph, _decoder, _memory) = (graph, graph.Decoder, graph.Memory);
        _inputs = new StepInputs(graph.Place, graph.Session, _decoder, _memory, sizes);
        _cache = new KvCache(_decoder, _memory, sizes.Rows, sizes.Positions);
        (Slots, Chunk) = (sizes.Slots, sizes.Chunk);
        _masked = new int[sizes.Slots];
        _logits = new LogitsBuffer(_decoder, _memory, Math.Max(sizes.Slots, sizes.Chunk), sizes.Slots);
        _options = new CallOptions(graph.Captures);
    }

    public int Slots { get; }

    public int Positions => _cache.Positions;

    public int Chunk { get; }

    /// <summary>Shapes of decode steps that are CUDA graphs.</summary>
    public int Captured { get; private set; }

    public void Terminate() => _options.Terminate();

    public ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens, int past)
    {
        var ids = _inputs.Ids;
        var positions = _inputs.Positions;
        for (var i = 0; i < tokens.Length; i++)
        {
            ids[i] = tokens[i];
            positions[i] = past + i;
        }

        var width = past + tokens.Length;
        _inputs.Mask[..width].Fill(1);
        _maskShape = default;
        GetCall(row, 1, AnyWidth).Run(tokens.Length, width);
        _logits.Fetch(tokens.Length - 1, 1);
        return _logits.Line(tokens.Length - 1);
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths)
    {
        var ids = _inputs.Ids;
        var positions = _inputs.Positions;
        var longest = 0;
        for (var row = 0; row < tokens.Length; row++)
        {
            ids[row] = tokens[row];
            positions[row] = lengths[row];
            longest = Math.Max(longest, lengths[row] + 1);
        }

        var width = Math.Min(Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)longest), NarrowestMask), Positions);
        WriteMask(lengths, width);
        GetCall(0, tokens.Length, width).Run(1, width);
        _logits.Fetch(0, tokens.Length);
    }

    public ReadOnlySpan<float> LogitsOf(int row) => _logits.Line(row);

    public void Move(int from, int to, int used) => _cache.Move(from, to, used);

    public void Dispose()
    {
        foreach (var call in _calls.Values)
        {
            call.Dispose();
        }

        foreach (var view in _cacheViews.Values.SelectMany(views => views))
        {
            view.Dispose();
        }

        _options.Dispose();
        _cache.Dispose();
        _logits.Dispose();
        _inputs.Dispose();
        _graph.Dispose();
    }

    /// <summary>Ones up to each row's length with the new token; only what changed since the last step is written.</summary>
    private void WriteMask(ReadOnlySpan<int> lengths, int width)
    {
        var mask = _inputs.Mask;
        if (_maskShape != (lengths.Length, width))
        {
            _maskShape = (lengths.Length, width);
            mask[..(lengths.Length * width)].Clear();
            Array.Clear(_masked);
        }

        for (var row = 0; row < lengths.Length; row++)
        {
            var (was, now) = (_masked[row], lengths[row] + 1);
            var line = mask.Slice(row * width, width);
            if (now > was)
            {
                line[was..now].Fill(1);
            }
            else
            {
                line[now..was].Clear();
            }

            _masked[row] = now;
        }
    }

    private Call GetCall(int row, int rows, int width)
    {
        if (!_calls.TryGetValue((row, rows, width), out var call))
        {
            _calls[(row, rows, width)] = call = new Call(this, row, rows, width);
        }

        return call;
    }

    private OrtValue[] CacheViews(int row, int rows)
    {
        if (!_cacheViews.TryGetValue((row, rows), out var views))
        {
            _cacheViews[(row, rows)] = views = [.. Enumerable.Range(0, _decoder.Past.Count).Select(block => _cache.View(block, row, rows))];
        }

        return views;
    }

    /// <summary>The bound tensors for a range of rows. The cache stays bound; ids, mask and logits are rebound when their shape changes.</summary>
    private sealed class Call : IDisposable
    {
        private readonly SharedCacheRunner _runner;
        private readonly int _rows;
        private readonly int _width;
        private readonly OrtIoBinding _binding;
        private readonly List<OrtValue> _shaped = [];
        private RunOptions _options;
        private (int Tokens, int Width) _bound;
        private int _steps;

        public Call(SharedCacheRunner runner, int row, int rows, int width)
        {
            (_runner, _rows, _width, _options) = (runner, rows, width, runner._options.Plain);
            _binding = runner._graph.Session.CreateIoBinding();
            foreach (var (block, view) in runner.CacheViews(row, rows).Index())
            {
                _binding.BindInput(runner._decoder.Past[block], view);
                _binding.BindOutput(runner._decoder.Present[block], view);
            }
        }

        public void Run(int tokens, int width)
        {
            if (_bound != (tokens, width))
            {
                Bind(tokens, width);
                _bound = (tokens, width);
                _steps = 0;
            }

            _runner._inputs.Send(_rows, tokens, width);
            if (_runner._graph.Captures && _width != AnyWidth && ++_steps == StepsBeforeCapture && _runner.Captured < MostGraphs)
            {
                _options = _runner._options.Add(++_runner.Captured);
            }

            _runner._memory.Run(_runner._graph.Session, _options, _binding);
        }

        public void Dispose()
        {
            _binding.Dispose();
            _shaped.ForEach(v => v.Dispose());
        }

        private void Bind(int tokens, int width)
        {
            _shaped.ForEach(v => v.Dispose());
            _shaped.Clear();
            _runner._inputs.Bind(_binding, _shaped, _rows, tokens, width);
            var logits = _runner._logits.View(_rows, tokens);
            _shaped.Add(logits);
            _binding.BindOutput(DecoderInterface.Logits, logits);
        }
    }
}
