using System.Numerics;
using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>Serves graphs whose past and present may be one buffer, so that a step writes its keys and values in place.</summary>
/// <remarks>
/// <para>
/// Everything a decode step needs is bound once per batch size and width of the mask, kept and reused, so a step allocates nothing
/// once its shape has occurred. Prompts bind anew for every chunk.
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

    private readonly InferenceSession _session;
    private readonly DecoderInterface _decoder;
    private readonly KvCache _cache;
    private readonly RunOptions _runOptions = new();
    private readonly Dictionary<(int Row, int Rows, int Width), Call> _calls = [];
    private readonly Dictionary<(int Row, int Rows), OrtValue[]> _cacheViews = [];
    private readonly long[] _ids;
    private readonly long[] _positions;
    private readonly long[] _mask;
    private readonly int[] _masked;
    private readonly LogitsBuffer _logits;
    private (int Rows, int Width) _maskShape;

    public SharedCacheRunner(InferenceSession session, DecoderInterface decoder, RunnerSizes sizes)
    {
        _session = session;
        _decoder = decoder;
        _cache = new KvCache(decoder, sizes.Rows, sizes.Positions);
        (Slots, Chunk) = (sizes.Slots, sizes.Chunk);
        var most = Math.Max(sizes.Slots, sizes.Chunk);
        _ids = GC.AllocateArray<long>(most, pinned: true);
        _positions = GC.AllocateArray<long>(most, pinned: true);
        _mask = GC.AllocateArray<long>(sizes.Slots * sizes.Positions, pinned: true);
        _masked = new int[sizes.Slots];
        _logits = new LogitsBuffer(decoder, most);
    }

    public int Slots { get; }

    public int Positions => _cache.Positions;

    public int Chunk { get; }

    public void Terminate() => _runOptions.Terminate = true;

    public ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens, int past)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            _ids[i] = tokens[i];
            _positions[i] = past + i;
        }

        var width = past + tokens.Length;
        _mask.AsSpan(0, width).Fill(1);
        _maskShape = default;
        GetCall(row, 1, AnyWidth).Run(tokens.Length, width);
        return _logits.Line(tokens.Length - 1);
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths)
    {
        var longest = 0;
        for (var row = 0; row < tokens.Length; row++)
        {
            _ids[row] = tokens[row];
            _positions[row] = lengths[row];
            longest = Math.Max(longest, lengths[row] + 1);
        }

        var width = Math.Min(Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)longest), NarrowestMask), Positions);
        WriteMask(lengths, width);
        GetCall(0, tokens.Length, width).Run(1, width);
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

        _runOptions.Dispose();
        _session.Dispose();
        _cache.Dispose();
        _logits.Dispose();
    }

    /// <summary>Ones up to each row's length with the new token; only what changed since the last step is written.</summary>
    private void WriteMask(ReadOnlySpan<int> lengths, int width)
    {
        if (_maskShape != (lengths.Length, width))
        {
            _maskShape = (lengths.Length, width);
            Array.Clear(_mask, 0, lengths.Length * width);
            Array.Clear(_masked);
        }

        for (var row = 0; row < lengths.Length; row++)
        {
            var (was, now) = (_masked[row], lengths[row] + 1);
            var line = _mask.AsSpan(row * width, width);
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
            _calls[(row, rows, width)] = call = new Call(this, row, rows);
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
        private readonly OrtIoBinding _binding;
        private readonly List<OrtValue> _shaped = [];
        private (int Tokens, int Width) _bound;

        public Call(SharedCacheRunner runner, int row, int rows)
        {
            _runner = runner;
            _rows = rows;
            _binding = runner._session.CreateIoBinding();
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
            }

            _runner._session.RunWithBinding(_runner._runOptions, _binding);
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
            Input(DecoderInterface.InputIds, _runner._ids, tokens);
            Input(DecoderInterface.AttentionMask, _runner._mask, width);
            if (_runner._decoder.HasPositionIds)
            {
                Input(DecoderInterface.PositionIds, _runner._positions, tokens);
            }

            var logits = _runner._logits.View(_rows, tokens);
            _shaped.Add(logits);
            _binding.BindOutput(DecoderInterface.Logits, logits);
        }

        private void Input(string name, long[] data, int columns)
        {
            var value = OrtValue.CreateTensorValueFromMemory(data, [_rows, columns]);
            _shaped.Add(value);
            _binding.BindInput(name, value);
        }
    }
}
