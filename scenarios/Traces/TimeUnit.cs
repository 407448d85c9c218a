using System.Globalization;

namespace ChaosBench.Scenarios.Traces;

/// <summary>Of bare numbers that stand for instants or durations.</summary>
public enum TimeUnit
{
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

public static class TimeUnits
{
    public static IReadOnlyList<(string Word, TimeUnit Unit)> Words { get; } =
        [("s", TimeUnit.Seconds), ("ms", TimeUnit.Milliseconds), ("us", TimeUnit.Microseconds), ("ns", TimeUnit.Nanoseconds)];

    public static string Word(this TimeUnit unit) => Words[(int)unit].Word;

    /// <summary>Nanoseconds of one unit.</summary>
    public static long Nanos(this TimeUnit unit) => unit switch
    {
        TimeUnit.Seconds => Scenarios.Nanos.PerSecond,
        TimeUnit.Milliseconds => Scenarios.Nanos.PerMillisecond,
        TimeUnit.Microseconds => 1_000,
        _ => 1,
    };

    /// <summary>
    /// Exact to the nanosecond (ties to even); null for text that is no number and for instants beyond 292 years.
    /// </summary>
    public static long? Parse(string text, TimeUnit unit)
    {
        const decimal Most = long.MaxValue / 2;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || Math.Abs(number) > Most)
        {
            return null;
        }

        var scale = unit.Nanos();
        return Math.Abs(number) <= Most / scale ? (long)Math.Round(number * scale) : null;
    }
}
