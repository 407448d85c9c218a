namespace ChaosBench.Reports.Histograms;

/// <summary>A histogram, interval log or percentile table does not read. The message says where and why.</summary>
public sealed class HistogramFormatException : Exception
{
    public HistogramFormatException(string message)
        : base(message)
    {
    }

    public HistogramFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
