using System.Globalization;
using System.Text.RegularExpressions;

namespace ChaosBench.Server.Versions;

/// <summary>Shares of the traffic of two versions in percent, written <c>95/5</c>: stable first, then canary. They sum to 100.</summary>
public sealed partial record TrafficSplit
{
    /// <summary>How it is written, for messages.</summary>
    public const string Form = "STABLE/CANARY in percent that sum to 100, such as 95/5, 99.5/0.5 or 100/0";

    private TrafficSplit(decimal stable, decimal canary)
    {
        Stable = stable;
        Canary = canary;
    }

    /// <summary>Percent.</summary>
    public decimal Stable { get; }

    /// <summary>Percent.</summary>
    public decimal Canary { get; }

    /// <summary>Null for anything else than two percentages that sum to 100. White space around it is left out.</summary>
    /// <remarks>No beginning of a whole one says another split, so that a file that is caught while it is written is refused, not obeyed.</remarks>
    public static TrafficSplit? Parse(string text)
    {
        if (Pattern().Match(text.Trim()) is not { Success: true } match)
        {
            return null;
        }

        var stable = decimal.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        var canary = decimal.Parse(match.Groups[2].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        return stable + canary == 100 ? new TrafficSplit(stable, canary) : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Stable:0.####}/{Canary:0.####}");

    [GeneratedRegex(@"^([0-9]{1,3}(?:\.[0-9]{1,4})?)/([0-9]{1,3}(?:\.[0-9]{1,4})?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
