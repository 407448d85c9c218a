using System.Numerics.Tensors;

namespace ChaosBench.Server.Sampling;

/// <summary>
/// Chooses the next token of one request from its logits: penalties, then the largest (temperature 0), or temperature,
/// top-k, top-p and one seeded draw.
/// </summary>
internal sealed class Sampler
{
    /// <summary>Returned when the logits are not numbers: the weights or the cache are damaged.</summary>
    public const int NonFinite = -1;

    private readonly GenerationRequest _request;
    private readonly SamplerScratch _scratch;

    // How often the answer holds a token; with a repetition penalty also the prompt's tokens, which may be 0 times in the answer.
    private readonly Dictionary<int, int>? _counts;
    private SampleRandom _random;

    /// <param name="prompt">For the repetition penalty, which counts it too.</param>
    public Sampler(GenerationRequest request, SamplerScratch scratch, IReadOnlyList<int>? prompt = null)
    {
        _request = request;
        _scratch = scratch;
        _random = new SampleRandom(request.Seed is { } seed ? unchecked((ulong)seed) : SampleRandom.SeedOf(request.RequestId));
        _counts = request is { PresencePenalty: 0, FrequencyPenalty: 0, RepetitionPenalty: 1 } ? null : [];
        foreach (var token in request.RepetitionPenalty == 1 ? [] : prompt ?? [])
        {
            _counts![token] = 0;
        }
    }

    public int Next(ReadOnlySpan<float> logits)
    {
        // The first NaN counts as the maximum, so one look at the winner finds NaN and infinity anywhere.
        var greedy = TensorPrimitives.IndexOfMax(logits);
        if (!float.IsFinite(logits[greedy]))
        {
            return NonFinite;
        }

        if (_counts is { Count: > 0 })
        {
            logits = Penalised(logits);
            greedy = TensorPrimitives.IndexOfMax(logits);
        }

        var token = _request.Temperature == 0 ? greedy : Draw(logits, logits[greedy]);
        if (_counts is not null)
        {
            _counts[token] = _counts.GetValueOrDefault(token) + 1;
        }

        return token;
    }

    private ReadOnlySpan<float> Penalised(ReadOnlySpan<float> logits)
    {
        var changed = _scratch.Logits.AsSpan(0, logits.Length);
        logits.CopyTo(changed);
        foreach (var (token, count) in _counts!)
        {
            var logit = changed[token] > 0 ? changed[token] / _request.RepetitionPenalty : changed[token] * _request.RepetitionPenalty;
            changed[token] = (float)(logit - (count > 0 ? _request.PresencePenalty + (_request.FrequencyPenalty * count) : 0));
        }

        return changed;
    }

    private int Draw(ReadOnlySpan<float> logits, float largest)
    {
        // Weights are exp((logit - largest) / T): the largest is 1, so nothing overflows and very small T becomes greedy.
        var weights = _scratch.Weights.AsSpan(0, logits.Length);
        TensorPrimitives.Subtract(logits, largest, weights);
        TensorPrimitives.Multiply(weights, (float)Math.Min(1 / _request.Temperature, float.MaxValue), weights);
        TensorPrimitives.Exp(weights, weights);
        var tokens = _scratch.Tokens.AsSpan(0, logits.Length);
        var kept = Keep(weights, tokens);
        var left = _random.NextDouble() * Sum(weights[..kept]);
        for (var i = 0; i < kept; i++)
        {
            left -= weights[i];
            if (left < 0)
            {
                return tokens[i];
            }
        }

        return tokens[kept - 1];
    }

    /// <summary>Moves the candidates with their weights to the front, largest first where an order is needed, and counts them.</summary>
    private int Keep(Span<float> weights, Span<int> tokens)
    {
        var limited = _request.TopK > 0 && _request.TopK < weights.Length;
        // Without top-k, tokens below this share could not reach 1 - p even together: the nucleus is full before the first of them.
        var mass = Sum(weights);
        var least = limited ? 0 : (1 - _request.TopP) * mass / weights.Length;
        var count = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > least)
            {
                (weights[count], tokens[count]) = (weights[i], i);
                count++;
            }
        }

        if (!limited && _request.TopP >= 1)
        {
            return count;
        }

        weights[..count].Sort(tokens[..count], static (a, b) => b.CompareTo(a));
        var most = limited ? Math.Min(count, _request.TopK) : count;
        var enough = _request.TopP * (limited ? Sum(weights[..most]) : mass);
        double reached = 0;
        for (var i = 0; i < most; i++)
        {
            reached += weights[i];
            if (reached >= enough)
            {
                return i + 1;
            }
        }

        return most;
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        return sum;
    }
}
