using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>The scores of a run by arrival, two bytes each. Grades take few distinct values, and only their places are kept.</summary>
internal sealed class GradeBook
{
    /// <summary>Distinct values that are kept exactly; a later one is taken as the nearest of them.</summary>
    private const int MostValues = ushort.MaxValue - 1;

    private static readonly Dictionary<string, MetricId> ByName =
        Metrics.All.Where(Metrics.IsScore).ToDictionary(Metrics.NameOf, StringComparer.Ordinal);

    private readonly Dictionary<MetricId, ArrivalTable<ushort>> _tables = [];
    private readonly List<double> _values = [];
    private readonly Dictionary<double, ushort> _places = [];

    /// <summary>Graders that no metric speaks of are passed over.</summary>
    public void Add(JournalEvent.Score score)
    {
        if (ByName.TryGetValue(score.Grader, out var metric))
        {
            (_tables.TryGetValue(metric, out var table) ? table : _tables[metric] = new())[score.Arrival] = PlaceOf(score.Value ?? 0);
        }
    }

    /// <summary>
    /// Gives the request its grades. A known answer was asked for and nothing came back that could be graded: that is wrong, not absent.
    /// </summary>
    public void Grade(Request request)
    {
        var asked = request.Cohort.Grader;
        var byField = asked == GraderKind.JsonFields;
        request.Grades = this;
        request.Accuracy = Of(MetricId.Accuracy, request.Arrival) ?? (asked == GraderKind.None ? null : 0);
        request.FieldAccuracy = Of(MetricId.FieldAccuracy, request.Arrival) ?? (byField ? 0 : null);
        request.ValidJson = Of(MetricId.ValidJson, request.Arrival) ?? (byField ? 0 : null);
    }

    /// <summary>Null: nobody scored it.</summary>
    public double? Of(MetricId metric, int arrival) =>
        _tables.TryGetValue(metric, out var table) && table[arrival] is > 0 and var place ? _values[place - 1] : null;

    private ushort PlaceOf(double value)
    {
        if (_places.TryGetValue(value, out var place))
        {
            return place;
        }

        if (_values.Count == MostValues)
        {
            return _places[_values.MinBy(known => Math.Abs(known - value))];
        }

        _values.Add(value);
        return _places[value] = (ushort)_values.Count;
    }
}
