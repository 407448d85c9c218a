using System.Globalization;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Calibrating;

/// <summary>Rates of gates as sentences: each with its margin, its number of pairs and where it comes from.</summary>
public static class GateWords
{
    /// <summary><c>2.1 % [1.4 %, 3.2 %]</c>.</summary>
    public static string Of(DrawnRate rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return $"{Wording.Percent(rate.Value)} [{Wording.Percent(rate.Low)}, {Wording.Percent(rate.High)}]";
    }

    /// <summary>The same with what the recording itself leaves open, where that was asked.</summary>
    public static string Long(DrawnRate rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return rate is { From: { } from, To: { } to } ? $"{Of(rate)}, other recordings {Wording.Percent(from)} to {Wording.Percent(to)}" : Of(rate);
    }

    /// <summary><c>identical build</c>, <c>+10 % latency</c>.</summary>
    public static string Regression(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            GateEstimate.Same => "identical build",
            "slow-1%" => "1 % of requests ten times as slow",
            "lock" => "a serialised section",
            "leak" => "64 KiB left behind by each request",
            "truncated" => "answers cut to 12 tokens",
            "half-precision" => "the same model in f16",
            "undertrained" => "an undertrained model",
            _ when name.StartsWith('+') => $"{name.Replace("%", " %", StringComparison.Ordinal)} latency",
            _ => name,
        };
    }

    /// <summary>Where every rate comes from.</summary>
    public static string Label(GateCalibration found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var counts = found.Recorded.Select(kind => $"{kind.Value.ToString(CultureInfo.InvariantCulture)} of {(kind.Key == GateEstimate.Same ? "identical builds" : kind.Key)}");
        return $"Estimated by resampling recorded pairs ({string.Join(", ", counts)}), {found.Run} neighbours together, {found.Draws} verdicts for each "
            + "figure, by the rule that judges real runs; not seen in so many runs.";
    }

    /// <summary>One sentence for a gate: what it does to identical builds and what it finds; null: nothing was estimated.</summary>
    /// <param name="pairs">Of the run that quotes it; null: the recommended number.</param>
    public static string? Sentence(GateErrors gate, int? pairs = null)
    {
        ArgumentNullException.ThrowIfNull(gate);
        if (gate.Rows.Count == 0)
        {
            return null;
        }

        var row = pairs is { } asked
            ? gate.Rows.LastOrDefault(row => row.Pairs <= asked) ?? gate.Rows[0]
            : gate.Rows.FirstOrDefault(row => row.Pairs == gate.Pairs) ?? gate.Rows[^1];
        var found = row.Found.Where(found => GateGoals.Concerns(found.Regression, Metrics.UnitOf(gate.Metric))).Select(found => $"{Regression(found.Regression)} in {Of(found.Failed)}").ToList();
        return string.Create(CultureInfo.InvariantCulture, $"'{gate.Gate}' fails an identical build in {Of(row.FalseFailures)} of runs with {row.Pairs} "
            + $"pairs and says nothing of it in {Of(row.Inconclusive)}{(found.Count > 0 ? "; it finds " + string.Join(", ", found) : "")}.");
    }

    /// <summary>The smallest change that is found in four runs of five.</summary>
    public static string Detectable(GateErrors gate, GateRow row)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(row);
        return row.Detectable is { } change ? Wording.Quantity(change, gate.Unit) : "not known";
    }

    /// <summary>Whether the goals hold, and at what cost.</summary>
    public static string Goals(GateErrors gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        var row = gate.Rows.FirstOrDefault(tried => tried.Pairs == gate.Pairs);
        return row is null
            ? $"The goals do not hold with any number of pairs up to {gate.Rows[^1].Pairs}."
            : string.Create(CultureInfo.InvariantCulture, $"The goals hold with {row.Pairs} pairs, {Wording.Duration(row.Seconds)} of load.");
    }
}
