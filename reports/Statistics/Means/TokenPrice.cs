namespace ChaosBench.Reports.Statistics.Means;

/// <summary>Money for tokens, in decimal: prices are per million tokens, in any one currency.</summary>
public sealed record TokenPrice(decimal InputPerMillion, decimal OutputPerMillion)
{
    /// <summary>input × price / 10⁶ + output × price / 10⁶.</summary>
    public decimal Of(long inputTokens, long outputTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(outputTokens);
        return ((inputTokens * InputPerMillion) + (outputTokens * OutputPerMillion)) / 1_000_000;
    }
}
