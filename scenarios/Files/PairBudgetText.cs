using System.Globalization;
using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>A budget of an A/B run as people write it: <c>10m</c> or <c>300 pairs</c>.</summary>
public static partial class PairBudgetText
{
    internal const string Pattern = @"^([0-9]{1,15}(\.[0-9]{1,9})?(us|ms|s|m|h)|[0-9]{1,6} pairs?)$";

    /// <returns>The budget, or what is wrong and what would be right.</returns>
    public static (PairBudget? Budget, string? Problem) Read(string text)
    {
        var parsed = Parse(text);
        return parsed.Flaw is { } flaw ? (null, $"{flaw.Wrong}; {flaw.Right}") : (parsed.Value, null);
    }

    internal static Parsed<PairBudget> Parse(string text)
    {
        if (PairsPattern().Match(text) is { Success: true } pairs)
        {
            return int.TryParse(pairs.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count is >= 1 and <= PairBudget.MostPairs
                ? new PairBudget(null, count)
                : new Flaw($"{Shown.Quoted(text)} is outside the budgets that can be planned",
                    FormattableString.Invariant($"write 1 to {PairBudget.MostPairs} pairs"));
        }

        var time = UnitText.Duration(text);
        return time.Flaw is { } flaw
            ? new Flaw($"{Shown.Quoted(text)} is not a budget", flaw.Wrong.EndsWith("longer than 7 days", StringComparison.Ordinal)
                ? flaw.Right : "write a time or a number of pairs of blocks, for example 10m or 300 pairs")
            : time.Value == TimeSpan.Zero ? new Flaw("a budget of nothing", "write a time above 0s, or a number of pairs of blocks")
            : new PairBudget(time.Value, null);
    }

    [GeneratedRegex(@"\A(?<count>[0-9]{1,9}) pairs?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PairsPattern();
}
