using System.Numerics.Tensors;

namespace ChaosBench.Server.Sampling;

/// <summary>Natural logarithms of probabilities from logits: <c>l - log(sum(exp(l)))</c>.</summary>
internal static class LogProbs
{
    /// <summary>Stands for a probability of zero, whose logarithm JSON cannot hold; the value that OpenAI and vLLM use.</summary>
    private const double Impossible = -9999;

    /// <summary><c>log(sum(exp(l)))</c> in two parts, which are subtracted from every logit: their sum could not hold the smaller.</summary>
    /// <param name="logits">Finite at their largest.</param>
    /// <param name="weights">Working memory of the same length.</param>
    public static (float Largest, double LogSum) Normalizer(ReadOnlySpan<float> logits, Span<float> weights)
    {
        // Against the largest, so that nothing overflows; in double, so that many small terms count.
        var largest = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, largest, weights);
        TensorPrimitives.Exp<float>(weights, weights);
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        return (largest, Math.Log(sum));
    }

    public static double Of(float logit, (float Largest, double LogSum) normalizer) =>
        Math.Max((double)logit - normalizer.Largest - normalizer.LogSum, Impossible);

    /// <summary>The largest logits' tokens, the largest first; of equals the lower token.</summary>
    public static int[] Top(ReadOnlySpan<float> logits, int count)
    {
        var tokens = new int[Math.Min(count, logits.Length)];
        var kept = 0;
        for (var token = 0; token < logits.Length; token++)
        {
            var at = kept;
            while (at > 0 && logits[token] > logits[tokens[at - 1]])
            {
                at--;
            }

            if (at < tokens.Length)
            {
                kept = Math.Min(kept + 1, tokens.Length);
                tokens.AsSpan(at, kept - at - 1).CopyTo(tokens.AsSpan(at + 1));
                tokens[at] = token;
            }
        }

        return tokens;
    }
}
