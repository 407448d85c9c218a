using System.Diagnostics;
using System.Numerics.Tensors;

namespace ChaosBench.Server.Embeddings;

/// <summary>How the vectors of the tokens become one.</summary>
internal enum Pooling
{
    /// <summary>The graph pools.</summary>
    None,
    Mean,
    Max,

    /// <summary>The vector of the first token.</summary>
    First,
}

/// <summary>What makes probabilities of the logits of a classifier.</summary>
internal enum Scale
{
    None,

    /// <summary>Euclidean length 1.</summary>
    UnitLength,
    Softmax,
    Sigmoid,
}

/// <summary>From the numbers of a graph to the vector of one row.</summary>
internal sealed record OutputHead(Pooling Pooling, Scale Scale)
{
    /// <param name="data">Of one row: a vector, or one for each position, padding included.</param>
    /// <param name="tokens">Positions that are no padding, at least 1.</param>
    public float[] Apply(ReadOnlySpan<float> data, int tokens, int width)
    {
        var vector = data[..width].ToArray();
        switch (Pooling)
        {
            case Pooling.None or Pooling.First:
                break;
            case Pooling.Mean:
                for (var token = 1; token < tokens; token++)
                {
                    TensorPrimitives.Add(vector, data.Slice(token * width, width), vector);
                }

                TensorPrimitives.Divide(vector, tokens, vector);
                break;
            case Pooling.Max:
                for (var token = 1; token < tokens; token++)
                {
                    TensorPrimitives.Max(vector, data.Slice(token * width, width), vector);
                }

                break;
            default:
                throw new UnreachableException(Pooling.ToString());
        }

        Rescale(vector);
        return vector;
    }

    private void Rescale(float[] vector)
    {
        switch (Scale)
        {
            case Scale.None:
                break;
            case Scale.UnitLength:
                // A vector of zeros has no direction; it stays what it is instead of becoming NaN.
                var length = TensorPrimitives.Norm<float>(vector);
                TensorPrimitives.Divide(vector, length > 0 ? length : 1, vector);
                break;
            case Scale.Softmax:
                // Minus the largest, so that nothing overflows.
                TensorPrimitives.Subtract(vector, TensorPrimitives.Max<float>(vector), vector);
                TensorPrimitives.SoftMax<float>(vector, vector);
                break;
            case Scale.Sigmoid:
                TensorPrimitives.Sigmoid<float>(vector, vector);
                break;
            default:
                throw new UnreachableException(Scale.ToString());
        }
    }
}
