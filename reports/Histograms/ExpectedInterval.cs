namespace ChaosBench.Reports.Histograms;

/// <summary>
/// What a closed-loop client would have measured had it not waited: a value v and then v - i, v - 2i, ... down to the expected interval i
/// (HdrHistogram's recordValueWithExpectedInterval). For imported closed-loop data only; open workloads measure from the planned instant
/// and need no such guess.
/// </summary>
public static class ExpectedInterval
{
    public static IEnumerable<long> Values(long value, long interval)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfNegative(interval);
        yield return value;
        for (var missing = value - interval; interval > 0 && missing >= interval; missing -= interval)
        {
            yield return missing;
        }
    }
}
