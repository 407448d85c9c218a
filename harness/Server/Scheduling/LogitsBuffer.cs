using System.Numerics.Tensors;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ChaosBench.Server.Scheduling;

/// <summary>Where a graph writes its logits, f32 or f16, read as f32 line by line. Only lines that are asked for leave the device.</summary>
internal sealed unsafe class LogitsBuffer : IDisposable
{
    private readonly DecoderInterface _decoder;
    private readonly IDeviceMemory _memory;
    private readonly long _lineBytes;
    private readonly float[] _converted;
    private readonly nint _block;
    private readonly nint _fetched;

    // Number of the line that is first in _fetched.
    private int _first;

    /// <param name="lines">Most rows times tokens of a call.</param>
    /// <param name="fetched">Most lines that are fetched at once.</param>
    public LogitsBuffer(DecoderInterface decoder, IDeviceMemory memory, int lines, int fetched)
    {
        (_decoder, _memory) = (decoder, memory);
        _lineBytes = (long)decoder.Vocabulary * DecoderInterface.BytesOf(decoder.LogitsType);
        _converted = decoder.LogitsType == TensorElementType.Float16 ? new float[decoder.Vocabulary] : [];
        _block = memory.Allocate(lines * _lineBytes);
        _fetched = memory.IsHost ? _block : memory.AllocateHost(fetched * _lineBytes);
    }

    public OrtValue View(int rows, int tokens) => OrtValue.CreateTensorValueWithData(
        _memory.Info, _decoder.LogitsType, [rows, tokens, _decoder.Vocabulary], _block, rows * tokens * _lineBytes);

    /// <summary>Brings some lines of the last call here; no others can be read.</summary>
    public void Fetch(int first, int lines)
    {
        if (!_memory.IsHost)
        {
            _memory.Download(_block + (nint)(first * _lineBytes), _fetched, lines * _lineBytes);
            _first = first;
        }
    }

    /// <summary>Valid until the next call of the graph or of this method.</summary>
    public ReadOnlySpan<float> Line(int index)
    {
        var start = (byte*)_fetched + ((index - _first) * _lineBytes);
        if (_converted.Length == 0)
        {
            return new ReadOnlySpan<float>(start, _decoder.Vocabulary);
        }

        TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(start, _decoder.Vocabulary), _converted);
        return _converted;
    }

    public void Dispose()
    {
        _memory.Free(_block);
        if (!_memory.IsHost)
        {
            _memory.FreeHost(_fetched);
        }
    }
}
