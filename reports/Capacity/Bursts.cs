using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Capacity;

/// <summary>
/// How much bad requests cluster. The design effect (Kish, Survey Sampling, 1965) is the variance of the bad counts of whole seconds over
/// what independent requests would have; a sample of n such requests is worth n divided by it.
/// </summary>
internal sealed class Bursts
{
    private readonly SortedDictionary<long, (int Judged, int Bad)> _seconds = [];

    /// <summary>1 or more; 1 as long as there is nothing to tell it from.</summary>
    public double DesignEffect
    {
        get
        {
            var (judged, bad) = (_seconds.Values.Sum(second => second.Judged), _seconds.Values.Sum(second => second.Bad));
            var share = judged > 0 ? (double)bad / judged : 0;
            if (_seconds.Count < 2 || share is <= 0 or >= 1)
            {
                return 1;
            }

            var squares = _seconds.Values.Sum(second => Math.Pow(second.Bad - (second.Judged * share), 2));
            return Math.Max(1, squares / (_seconds.Count - 1) / ((double)judged / _seconds.Count * share * (1 - share)));
        }
    }

    /// <param name="at">Planned instant, nanoseconds.</param>
    public void Add(long at, bool bad)
    {
        var (judged, known) = _seconds.GetValueOrDefault(at / Nanos.PerSecond);
        _seconds[at / Nanos.PerSecond] = (judged + 1, known + (bad ? 1 : 0));
    }
}
