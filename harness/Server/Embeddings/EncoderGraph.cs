using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Embeddings;

/// <summary>One session of an encoder: a ragged batch of token rows in, one vector a row out. Safe for several threads.</summary>
internal sealed class EncoderGraph : IDisposable
{
    private readonly string _place;
    private readonly InferenceSession _session;
    private readonly EncoderInterface _tensors;
    private readonly OutputHead _head;

    public EncoderGraph(string place, InferenceSession session, EncoderInterface tensors, OutputHead head)
    {
        _place = place;
        _session = session;
        _tensors = tensors;
        _head = head;
    }

    /// <summary>Numbers in a vector.</summary>
    public int Width => _tensors.Width;

    /// <summary>Proves that the graph computes, and pays for the slow first call.</summary>
    /// <exception cref="ModelLoadException">It does not.</exception>
    public void WarmUp()
    {
        try
        {
            if (Run([[0], [0, 0]]).Any(vector => !Finite(vector)))
            {
                throw new ModelLoadException(_place, "computes non-finite numbers on its first call; its weights are damaged");
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException(_place, $"fails on its first call ({SessionFactory.FirstLine(e.Message)}); export it anew", e);
        }
    }

    /// <summary>Rows are padded on the right and masked. None may be empty: a row of nothing but padding has no defined vector.</summary>
    /// <exception cref="OnnxRuntimeException">The graph fails on this input.</exception>
    public float[][] Run(IReadOnlyList<int[]> rows)
    {
        var width = rows.Max(row => row.Length);
        var ids = new long[rows.Count * width];
        var mask = new long[rows.Count * width];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var at = 0; at < rows[row].Length; at++)
            {
                ids[(row * width) + at] = rows[row][at];
                mask[(row * width) + at] = 1;
            }
        }

        var inputs = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        try
        {
            long[] shape = [rows.Count, width];
            inputs[EncoderInterface.InputIds] = OrtValue.CreateTensorValueFromMemory(ids, shape);
            inputs[EncoderInterface.AttentionMask] = OrtValue.CreateTensorValueFromMemory(mask, shape);
            if (_tensors.HasTokenTypes)
            {
                inputs[EncoderInterface.TokenTypes] = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
            }

            using var options = new RunOptions();
            using var outputs = _session.Run(options, inputs, [_tensors.Output]);
            return Read(outputs[0], rows, width);
        }
        finally
        {
            foreach (var value in inputs.Values)
            {
                value.Dispose();
            }
        }
    }

    public static bool Finite(float[] vector) => Array.TrueForAll(vector, float.IsFinite);

    public void Dispose() => _session.Dispose();

    private float[][] Read(OrtValue output, IReadOnlyList<int[]> rows, int width)
    {
        var data = output.GetTensorDataAsSpan<float>();
        var stride = _tensors.PerToken ? width * Width : Width;
        if (data.Length != rows.Count * stride)
        {
            // A graph may claim one shape and compute another.
            throw new InvalidDataException($"output '{_tensors.Output}' has {data.Length:N0} numbers; expected {rows.Count * stride:N0}");
        }

        var vectors = new float[rows.Count][];
        for (var row = 0; row < rows.Count; row++)
        {
            vectors[row] = _head.Apply(data.Slice(row * stride, stride), rows[row].Length, Width);
        }

        return vectors;
    }
}
