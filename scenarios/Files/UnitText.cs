using System.Globalization;
using System.Text.RegularExpressions;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Numbers with their units, as people write them: <c>800ms</c>, <c>40/s</c>, <c>5%</c>, <c>4KiB</c>. A number without its
/// unit is an error that shows the remedy; nothing is guessed.
/// </summary>
internal static partial class UnitText
{
    public const string DurationPattern = @"^[0-9]{1,15}(\.[0-9]{1,9})?(us|ms|s|m|h)$";
    public const string RatePattern = @"^[0-9]{1,15}(\.[0-9]{1,9})?/(s|min|h)$";
    public const string SharePattern = @"^[0-9]{1,3}(\.[0-9]{1,9})?%$";
    public const string SizePattern = @"^[0-9]{1,15}(B|KiB|MiB|GiB)$";

    /// <summary>Longest duration that a scenario may speak of.</summary>
    public static readonly TimeSpan LongestDuration = TimeSpan.FromDays(7);

    private static readonly (string Unit, decimal Ticks)[] DurationUnits =
    [
        ("us", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    private static readonly (string Unit, decimal Seconds)[] RateUnits = [("/s", 1), ("/min", 60), ("/h", 3600)];

    private static readonly (string Unit, long Bytes)[] SizeUnits =
        [("B", 1), ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30)];

    /// <summary><c>250us</c>, <c>800ms</c>, <c>1.5s</c>, <c>2m</c>, <c>1h</c>; from 0 to 7 days.</summary>
    public static Parsed<TimeSpan> Duration(string text)
    {
        if (!TrySplit(text, out var number, out var unit))
        {
            return new Flaw($"{Shown.Quoted(text)} is not a duration", "write a number and a unit, for example 800ms or 1.5s");
        }

        var scale = DurationUnits.FirstOrDefault(known => known.Unit == unit);
        if (scale.Unit is null)
        {
            return NoSuchUnit(text, unit, "duration", $"{Bare(number)}s", $"{Bare(number)}ms",
                DurationUnits.Select(known => known.Unit));
        }

        var ticks = number * scale.Ticks;
        return ticks > LongestDuration.Ticks
            ? new Flaw($"{Shown.Quoted(text)} is longer than 7 days", "write a shorter duration")
            : TimeSpan.FromTicks((long)Math.Round(ticks));
    }

    /// <summary><c>40/s</c>, <c>600/min</c>, <c>2/h</c>; above 0, at most a million a second.</summary>
    public static Parsed<Rate> Rate(string text)
    {
        if (!TrySplit(text, out var number, out var unit))
        {
            return new Flaw($"{Shown.Quoted(text)} is not a rate", "write a number and /s, /min or /h, for example 40/s");
        }

        var scale = RateUnits.FirstOrDefault(known => known.Unit == unit);
        if (scale.Unit is null)
        {
            return NoSuchUnit(text, unit, "rate", $"{Bare(number)}/s", $"{Bare(number)}/min",
                RateUnits.Select(known => known.Unit));
        }

        var perSecond = (double)(number / scale.Seconds);
        return perSecond is <= 0 or > 1_000_000
            ? new Flaw($"{Shown.Quoted(text)} is outside the rates that can be planned",
                "write a rate above 0/s, up to 1000000/s")
            : new Rate(perSecond);
    }

    /// <summary><c>30%</c>; from 0% to 100%.</summary>
    public static Parsed<Share> Share(string text)
    {
        if (!TrySplit(text, out var number, out var unit))
        {
            return new Flaw($"{Shown.Quoted(text)} is not a share", "write a percentage, for example 30%");
        }

        if (unit != "%")
        {
            var percent = unit.Length == 0 && number <= 1 ? number * 100 : number;
            return NoSuchUnit(text, unit, "share", $"{Bare(percent)}%", null, ["%"]);
        }

        return number > 100
            ? new Flaw($"{Shown.Quoted(text)} is more than the whole", "write a share from 0% to 100%")
            : new Share((double)(number / 100));
    }

    /// <summary><c>4KiB</c>, <c>1MiB</c>, <c>512B</c>: bytes.</summary>
    public static Parsed<long> Size(string text)
    {
        if (!TrySplit(text, out var number, out var unit) || number != decimal.Truncate(number))
        {
            return new Flaw($"{Shown.Quoted(text)} is not a size", "write a whole number and a unit, for example 4KiB");
        }

        var scale = SizeUnits.FirstOrDefault(known => known.Unit == unit);
        if (scale.Unit is null)
        {
            return NoSuchUnit(text, unit, "size", $"{Bare(number)}KiB", $"{Bare(number)}B",
                SizeUnits.Select(known => known.Unit));
        }

        var bytes = number * scale.Bytes;
        return bytes > 1L << 40
            ? new Flaw($"{Shown.Quoted(text)} is more than 1024GiB", "write a smaller size")
            : (long)bytes;
    }

    /// <summary>A non-negative decimal number at the start, and whatever follows it.</summary>
    public static bool TrySplit(string text, out decimal number, out string unit)
    {
        var match = NumberThenUnit().Match(text);
        number = match.Success ? decimal.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        unit = match.Success ? match.Groups["unit"].Value : "";
        return match.Success;
    }

    private static Flaw NoSuchUnit(
        string text, string unit, string what, string example, string? another, IEnumerable<string> units) => unit.Length == 0
        ? new Flaw($"{Shown.Quoted(text)} has no unit", $"write {example}{(another is null ? "" : $" or {another}")}")
        : new Flaw(
            $"{Shown.Quoted(unit)} is not a unit of a {what}",
            units.Contains(unit.Trim()) ? $"write it without the space: {text.Replace(" ", "", StringComparison.Ordinal)}"
                : $"use {Shown.Or(units)}, for example {example}");

    private static string Bare(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?<number>[0-9]{1,15}(\.[0-9]{1,9})?)(?<unit>[^0-9.].{0,15})?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex NumberThenUnit();
}
