using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Serves graphs whose present is a longer tensor than their past, as Optimum exports them. The cache keeps every row without gaps;
/// a call gets a padded copy of it (<see cref="PaddedBatch"/>).
/// </summary>
/// <remarks>
/// Shapes change with every step, so every step binds anew and allocates a few small objects per layer. Next to
/// <see cref="SharedCacheRunner"/> it takes three times the memory and copies the past in every step (the graph does): it is there so
/// that any export can be served, the shared form is the fast one.
/// </remarks>
internal sealed class GrowingCacheRunner : IDecoderRunner
{
    private readonly InferenceSession _session;
    private readonly DecoderInterface _decoder;
    private readonly KvCache _cache;
    private readonly PaddedBatch _prompt;
    private readonly PaddedBatch _batch;
    private readonly LogitsBuffer _logits;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _bound = [];
    private readonly long[] _ids;
    private readonly long[] _positions;
    private readonly long[] _mask;
    private readonly int[] _rows;
    private readonly int[] _groupLengths;

    // Line of the logits per row: rows of one length are computed together, so a row's place in its call is not its number.
    private readonly float[][] _kept;
    private bool _inGroups;

    public GrowingCacheRunner(InferenceSession session, DecoderInterface decoder, CacheForm form, RunnerSizes sizes)
    {
        _session = session;
        _decoder = decoder;
        _cache = new KvCache(decoder, sizes.Rows, sizes.Positions);
        _prompt = new PaddedBatch(decoder, _cache, 1);
        _batch = new PaddedBatch(decoder, _cache, sizes.Slots);
        (Slots, Chunk) = (sizes.Slots, sizes.Chunk);
        var most = Math.Max(sizes.Slots, sizes.Chunk);
        _logits = new LogitsBuffer(decoder, most);
        _ids = GC.AllocateArray<long>(most, pinned: true);
        _positions = GC.AllocateArray<long>(most, pinned: true);
        _mask = GC.AllocateArray<long>(sizes.Slots * sizes.Positions, pinned: true);
        (_rows, _groupLengths) = (new int[sizes.Slots], new int[sizes.Slots]);
        _kept = new float[sizes.Slots][];
        _binding = session.CreateIoBinding();
        Form = form;
    }

    public CacheForm Form
    {
        get => _batch.Form;
        set => _prompt.Form = _batch.Form = value;
    }

    public int Slots { get; }

    public int Positions => _cache.Positions;

    public int Chunk { get; }

    public void Terminate() => _runOptions.Terminate = true;

    public ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens, int past)
    {
        _batch.Forget(row);
        if (past == 0)
        {
            _prompt.Forget(row);
        }

        for (var i = 0; i < tokens.Length; i++)
        {
            _ids[i] = tokens[i];
            _positions[i] = past + i;
        }

        Run(_prompt, [row], [past], tokens.Length);
        return _logits.Line(tokens.Length - 1);
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths)
    {
        _inGroups = Form == CacheForm.GrowingEqualLengths && lengths.ContainsAnyExcept(lengths[0]);
        if (_inGroups)
        {
            DecodeInGroups(tokens, lengths);
            return;
        }

        for (var row = 0; row < tokens.Length; row++)
        {
            _rows[row] = row;
            _ids[row] = tokens[row];
            _positions[row] = lengths[row];
            _prompt.Forget(row);
        }

        Run(_batch, _rows.AsSpan(0, tokens.Length), lengths, 1);
    }

    public ReadOnlySpan<float> LogitsOf(int row) => _inGroups ? _kept[row] : _logits.Line(row);

    public void Move(int from, int to, int used)
    {
        _batch.Forget(to);
        _prompt.Forget(to);
        _cache.Move(from, to, used);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _bound.ForEach(v => v.Dispose());
        _runOptions.Dispose();
        _session.Dispose();
        _cache.Dispose();
        _prompt.Dispose();
        _batch.Dispose();
        _logits.Dispose();
    }

    /// <summary>One call for each length that occurs.</summary>
    private void DecodeInGroups(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths)
    {
        for (var first = 0; first < tokens.Length; first++)
        {
            var length = lengths[first];
            if (lengths[..first].Contains(length))
            {
                continue;
            }

            var count = 0;
            for (var row = first; row < tokens.Length; row++)
            {
                if (lengths[row] == length)
                {
                    (_rows[count], _groupLengths[count], _ids[count], _positions[count]) = (row, length, tokens[row], length);
                    count++;
                    _prompt.Forget(row);
                }
            }

            Run(_batch, _rows.AsSpan(0, count), _groupLengths.AsSpan(0, count), 1);
            for (var i = 0; i < count; i++)
            {
                _logits.Line(i).CopyTo(_kept[_rows[i]] ??= new float[_decoder.Vocabulary]);
            }
        }
    }

    private void Run(PaddedBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<int> lengths, int tokens)
    {
        batch.Take(rows, lengths);
        var width = batch.Width + tokens;
        var mask = _mask.AsSpan(0, rows.Length * width);
        mask.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            var line = mask.Slice(i * width, width);
            line.Slice(batch.StartOf(i), lengths[i]).Fill(1);
            line.Slice(batch.NewOf(i), tokens).Fill(1);
        }

        Bind(batch, rows.Length, tokens, width);
        _session.RunWithBinding(_runOptions, _binding);
        batch.Advance(tokens);
    }

    private void Bind(PaddedBatch batch, int rows, int tokens, int width)
    {
        _bound.ForEach(v => v.Dispose());
        _bound.Clear();
        Input(DecoderInterface.InputIds, OrtValue.CreateTensorValueFromMemory(_ids, [rows, tokens]));
        Input(DecoderInterface.AttentionMask, OrtValue.CreateTensorValueFromMemory(_mask, [rows, width]));
        if (_decoder.HasPositionIds)
        {
            Input(DecoderInterface.PositionIds, OrtValue.CreateTensorValueFromMemory(_positions, [rows, tokens]));
        }

        for (var block = 0; block < _decoder.Past.Count; block++)
        {
            Input(_decoder.Past[block], batch.Past(block));
            Output(_decoder.Present[block], batch.Present(block, tokens));
        }

        Output(DecoderInterface.Logits, _logits.View(rows, tokens));
    }

    private void Input(string name, OrtValue value)
    {
        _bound.Add(value);
        _binding.BindInput(name, value);
    }

    private void Output(string name, OrtValue value)
    {
        _bound.Add(value);
        _binding.BindOutput(name, value);
    }
}
