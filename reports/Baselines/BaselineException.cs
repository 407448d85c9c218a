namespace ChaosBench.Reports.Baselines;

/// <summary>A named baseline cannot be used. The message says which, why, and what would help.</summary>
/// <param name="reasonCode">One of <see cref="Judging.ReasonCodes"/>.</param>
public sealed class BaselineException(string reasonCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public string ReasonCode { get; } = reasonCode;
}
