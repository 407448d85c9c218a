using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>The one number that an objective asks for, of requests as they come by.</summary>
internal sealed class ValueFold(Objective objective)
{
    private readonly DistributionBuilder _values = new();
    private double _amount;
    private long _total;
    private bool _any;

    public void Add(Request request)
    {
        _any = true;
        if (Metrics.IsDistribution(objective.Metric))
        {
            MetricValues.AddTo(_values, objective.Metric, request);
        }
        else if (Metrics.UnitOf(objective.Metric) == MetricUnit.PerSecond)
        {
            _amount += MetricValues.AmountOf(objective.Metric, request);
        }
        else if (MetricValues.ShareOf(objective.Metric, request) is { } hit)
        {
            _amount += hit;
            _total++;
        }
    }

    /// <summary>Requests that had a share; 0 for other metrics.</summary>
    public int Count => (int)_total;

    /// <summary>Null when no request had a value. Asked for once.</summary>
    public double? Value => !_any ? null
        : Metrics.IsDistribution(objective.Metric) ? Summaries.Aggregate(_values.Build(), objective.Aggregation)
        : Metrics.UnitOf(objective.Metric) == MetricUnit.PerSecond ? _amount
        : new ShareCount(_amount, _total).Value;
}
