using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>The scores of a run by arrival, two bytes each. Grades take few distinct values, and only their places are kept.</summary>
internal sealed class GradeBook
{
    /// <summary>Distinct values that are kept exactly; a later one is taken as the nearest of them.</summary>
    private const int MostValues = ushort.MaxValue - 1;

    private readonly ArrivalTable<ushort> _accuracy = new();
    private readonly ArrivalTable<ushort> _fields = new();
    private readonly ArrivalTable<ushort> _json = new();
    private readonly List<double> _values = [];
    private readonly Dictionary<double, ushort> _places = [];

    /// <summary>Graders that no metric speaks of are passed over.</summary>
    public void Add(JournalEvent.Score score)
    {
        if (TableOf(score.Grader) is { } table)
        {
            table[score.Arrival] = PlaceOf(score.Value ?? 0);
        }
    }

    /// <summary>
    /// Gives the request its grades. A known answer was asked for and nothing came back that could be graded: that is wrong, not absent.
    /// </summary>
    public void Grade(Request request)
    {
        var asked = request.Cohort.Grader;
        var byField = asked == GraderKind.JsonFields;
        request.Accuracy = Value(_accuracy[request.Arrival]) ?? (asked == GraderKind.None ? null : 0);
        request.FieldAccuracy = Value(_fields[request.Arrival]) ?? (byField ? 0 : null);
        request.ValidJson = Value(_json[request.Arrival]) ?? (byField ? 0 : null);
    }

    private ArrivalTable<ushort>? TableOf(string grader) => grader switch
    {
        "accuracy" => _accuracy,
        "field_accuracy" => _fields,
        "valid_json" => _json,
        _ => null,
    };

    private double? Value(ushort place) => place == 0 ? null : _values[place - 1];

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
