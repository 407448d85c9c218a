namespace ChaosBench.Reports.Importing;

/// <summary>Collects published figures on the way through a file; what is not there is left out.</summary>
internal sealed class FigureList
{
    private readonly List<PublishedFigure> _figures = [];

    public IReadOnlyList<PublishedFigure> All => _figures;

    /// <param name="scale">Factor from the file's unit to the base unit.</param>
    public FigureList Add(JsonAt? at, string definition, string statistic, double scale = 1)
    {
        if (at is { } value)
        {
            Add(value.Number() * scale, definition, statistic, value.Path);
        }

        return this;
    }

    /// <param name="rounding">Half of the last printed place, in the base unit.</param>
    public void Add(double value, string definition, string statistic, string key, double? rounding = null) => _figures.Add(new PublishedFigure
    {
        Definition = definition,
        Statistic = statistic,
        Unit = MetricDefinitions.UnitOf(definition),
        Value = value,
        Key = key,
        Rounding = rounding,
    });

    /// <summary><c>p99</c> of <c>99.00</c>.</summary>
    public static string Percentile(double percent) => FormattableString.Invariant($"p{percent:0.###}");
}
