using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
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
    private readonly OpenedGraph _graph;
    private readonly DecoderInterface _decoder;
    private readonly KvCache _cache;
    private readonly PaddedBatch _prompt;
    private readonly PaddedBatch _batch;
    private readonly LogitsBuffer _logits;
    private readonly StepInputs _inputs;
    private readonly CallOptions _options;
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _bound = [];
    private readonly int[] _rows;
    private readonly int[] _groupLengths;

    // Line of the logits per row: rows of one length are computed together, so a row's place in its call is not its number.
    private readonly float[][] _kept;
    private bool _inGroups;

    /// <exception cref="ModelLoadException">The session cannot keep its cache in its device's memory.</exception>
    /// <exception cref="DeviceMemoryException">The device has too little of it.</exception>
    public GrowingCacheRunner(OpenedGraph graph, CacheForm form, RunnerSizes sizes)
    {
        (_graph, _decoder) = (graph, graph.Decoder);
        _inputs = new StepInputs(graph.Place, graph.Session, _decoder, graph.Memory, sizes);
        _cache = new KvCache(_decoder, graph.Memory, sizes.Rows, sizes.Positions);
        _prompt = new PaddedBatch(_decoder, graph.Memory, _cache, 1);
        _batch = new PaddedBatch(_decoder, graph.Memory, _cache, sizes.Slots);
        (Slots, Chunk) = (sizes.Slots, sizes.Chunk);
        _logits = new LogitsBuffer(_decoder, graph.Memory, Math.Max(sizes.Slots, sizes.Chunk), sizes.Slots);
        (_rows, _groupLengths) = (new int[sizes.Slots], new int[sizes.Slots]);
        _kept = new float[sizes.Slots][];
        _options = new CallOptions(graph.Captures);
        _binding = graph.Session.CreateIoBinding();
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

    public void Terminate() => _options.Terminate();

    public ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens, int past)
    {
        _batch.Forget(row);
        if (past == 0)
        {
            _prompt.Forget(row);
        }

        for (var i = 0; i < tokens.Length; i++)
        {
            _inputs.Ids[i] = tokens[i];
            _inputs.Positions[i] = past + i;
        }

        Run(_prompt, [row], [past], tokens.Length);
        _logits.Fetch(tokens.Length - 1, 1);
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
            _inputs.Ids[row] = tokens[row];
            _inputs.Positions[row] = lengths[row];
            _prompt.Forget(row);
        }

        Run(_batch, _rows.AsSpan(0, tokens.Length), lengths, 1);
        _logits.Fetch(0, tokens.Length);
    }

    public ReadOnlySpan<float> LogitsOf(int row) => _inGroups ? _kept[row] : _logits.Line(row);

    public void Move(int from, int to, int used)
    {
        _batch.Keep();
        _prompt.Keep();
        _batch.Forget(to);
        _prompt.Forget(to);
        _cache.Move(from, to, used);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _bound.ForEach(v => v.Dispose());
        _options.Dispose();
        _cache.Dispose();
        _prompt.Dispose();
        _batch.Dispose();
        _logits.Dispose();
        _inputs.Dispose();
        _graph.Dispose();
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
                    (_rows[count], _groupLengths[count], _inputs.Ids[count], _inputs.Positions[count]) = (row, length, tokens[row], length);
                    count++;
                    _prompt.Forget(row);
                }
            }

            Run(_batch, _rows.AsSpan(0, count), _groupLengths.AsSpan(0, count), 1);
            _logits.Fetch(0, count);
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
        var mask = _inputs.Mask[..(rows.Length * width)];
        mask.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            var line = mask.Slice(i * width, width);
            line.Slice(batch.StartOf(i), lengths[i]).Fill(1);
            line.Slice(batch.NewOf(i), tokens).Fill(1);
        }

        Bind(batch, rows.Length, tokens, width);
        _inputs.Send(rows.Length, tokens, width);
        _graph.Memory.Run(_graph.Session, _options.Plain, _binding);
        batch.Advance(tokens);
    }

    private void Bind(PaddedBatch batch, int rows, int tokens, int width)
    {
        _bound.ForEach(v => v.Dispose());
        _bound.Clear();
        _inputs.Bind(_binding, _bound, rows, tokens, width);
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
