using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>Token ids, positions and attention mask of a call: all that goes to the graph in a step.</summary>
internal sealed class StepInputs : IDisposable
{
    private readonly DecoderInterface _decoder;
    private readonly InputBuffer _ids;
    private readonly InputBuffer _positions;
    private readonly InputBuffer _mask;

    /// <exception cref="ModelLoadException">The session reads the cache elsewhere than in its device's memory.</exception>
    public StepInputs(string graph, InferenceSession session, DecoderInterface decoder, IDeviceMemory memory, RunnerSizes sizes)
    {
        var places = Places(session);
        var astray = decoder.Past.FirstOrDefault(name => !memory.Holds(places[name]));
        if (astray is not null)
        {
            throw new ModelLoadException(
                graph,
                $"the device has no kernel for what reads '{astray}', which would go over the bus in every step; GroupQueryAttention on CUDA takes "
                + "f16: export the model so (scenarios/models/training/half.py makes model.f16.onnx of model.onnx), or use --device cpu");
        }

        var most = Math.Max(sizes.Slots, sizes.Chunk);
        _decoder = decoder;
        _ids = new InputBuffer(memory, memory.Holds(places[DecoderInterface.InputIds]), most);
        _positions = new InputBuffer(memory, decoder.HasPositionIds && memory.Holds(places[DecoderInterface.PositionIds]), most);
        _mask = new InputBuffer(memory, memory.Holds(places[DecoderInterface.AttentionMask]), sizes.Slots * sizes.Positions);
    }

    public Span<long> Ids => _ids.Values;

    public Span<long> Positions => _positions.Values;

    /// <summary>Row by row, as wide as the call.</summary>
    public Span<long> Mask => _mask.Values;

    /// <summary>Tensors over these numbers, for calls of one shape.</summary>
    public void Bind(OrtIoBinding binding, List<OrtValue> bound, int rows, int tokens, int width)
    {
        Input(DecoderInterface.InputIds, _ids.View(rows, tokens));
        Input(DecoderInterface.AttentionMask, _mask.View(rows, width));
        if (_decoder.HasPositionIds)
        {
            Input(DecoderInterface.PositionIds, _positions.View(rows, tokens));
        }

        void Input(string name, OrtValue value)
        {
            bound.Add(value);
            binding.BindInput(name, value);
        }
    }

    /// <summary>Makes the numbers of a call of this shape the graph's.</summary>
    public void Send(int rows, int tokens, int width)
    {
        _ids.Send(rows * tokens);
        _mask.Send(rows * width);
        if (_decoder.HasPositionIds)
        {
            _positions.Send(rows * tokens);
        }
    }

    public void Dispose()
    {
        _ids.Dispose();
        _positions.Dispose();
        _mask.Dispose();
    }

    /// <summary>Not disposed: they belong to the session.</summary>
    private static Dictionary<string, OrtMemoryInfo> Places(InferenceSession session) =>
        session.InputNames.Zip(session.GetMemoryInfosForInputs()).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
}
