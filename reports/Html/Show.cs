using System.Globalization;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Reports.Html;

/// <summary>
/// Numbers as they stand in the page: the words of <see cref="Wording"/>, so that a table and a sentence never disagree, with
/// no-break spaces, so that a number never parts from its unit. An absent number is a dash, never zero.
/// </summary>
internal static class Show
{
    public const string Absent = "–";

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Seconds(double? seconds) => Value(seconds, "s");

    public static string Share(double? share) => Value(share, "share");

    public static string Plain(double? number) => Value(number, "");

    /// <summary>By the unit of a finding or metric: <c>s</c>, <c>share</c>, <c>/s</c>, <c>relative</c>, <c>count</c>.</summary>
    public static string Value(double? value, string unit) => value is not { } number || double.IsNaN(number)
        ? Absent
        : Wording.Quantity(number, unit).Replace(' ', '\u00a0');

    /// <summary>A kebab- or snake-case word as words: <c>timed-out</c> is "timed out".</summary>
    public static string Words(string name) => name.Replace('-', ' ').Replace('_', ' ');
}
