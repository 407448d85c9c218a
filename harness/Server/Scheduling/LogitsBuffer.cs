using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ChaosBench.Server.Scheduling;

/// <summary>Where a graph writes its logits, f32 or f16, read as f32 line by line.</summary>
internal sealed unsafe class LogitsBuffer : IDisposable
{
    private const nuint Alignment = 64;

    private readonly DecoderInterface _decoder;
    private readonly int _elementBytes;
    private readonly float[] _converted;
    private void* _block;

    /// <param name="lines">Most rows times tokens of a call.</param>
    public LogitsBuffer(DecoderInterface decoder, int lines)
    {
        _decoder = decoder;
        _elementBytes = DecoderInterface.BytesOf(decoder.LogitsType);
        _converted = decoder.LogitsType == TensorElementType.Float16 ? new float[decoder.Vocabulary] : [];
        _block = NativeMemory.AlignedAlloc((nuint)lines * (nuint)decoder.Vocabulary * (nuint)_elementBytes, Alignment);
    }

    public OrtValue View(int rows, int tokens) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        _decoder.LogitsType,
        [rows, tokens, _decoder.Vocabulary],
        (nint)_block,
        (long)rows * tokens * _decoder.Vocabulary * _elementBytes);

    /// <summary>Valid until the next call of the graph or of this method.</summary>
    public ReadOnlySpan<float> Line(int index)
    {
        var start = (byte*)_block + ((long)index * _decoder.Vocabulary * _elementBytes);
        if (_converted.Length == 0)
        {
            return new ReadOnlySpan<float>(start, _decoder.Vocabulary);
        }

        TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(start, _decoder.Vocabulary), _converted);
        return _converted;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_block);
        _block = null;
    }
}
