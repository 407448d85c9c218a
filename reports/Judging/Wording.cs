using System.Diagnostics;
using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>Numbers and metrics as a manager reads them, units always written.</summary>
public static class Wording
{
    /// <summary>What two digits of a per cent would show as 0 %, and its distance from 1 as 100 %.</summary>
    private const double LeastShare = 0.00005;

    /// <summary><c>812 ms</c>, <c>1.24 s</c>, <c>37.2 %</c>, <c>38.9/s</c>; infinite is <c>never</c>.</summary>
    /// <param name="unit"><c>s</c>, <c>share</c>, <c>/s</c>, <c>relative</c>, <c>pp</c> or <c>count</c>.</param>
    public static string Quantity(double value, string unit)
    {
        if (double.IsPositiveInfinity(value))
        {
            return "never";
        }

        return unit switch
        {
            "s" => Duration(value),
            "share" => Percent(value),
            "relative" => (value >= 0 ? "+" : "") + Rounded(value),
            "pp" => value.ToString("+0.##;-0.##;0", CultureInfo.InvariantCulture) + " pp",
            "/s" => Number(value) + "/s",
            "money" => Money(value),
            "B/s" => Growth(value),
            _ => Number(value),
        };
    }

    /// <summary>Three digits that mean something, however small: prices of an answer have many zeros.</summary>
    public static string Money(double value)
    {
        var digits = value == 0 ? 0 : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 12);
        return Math.Round(value, digits).ToString("0.############", CultureInfo.InvariantCulture);
    }

    /// <summary>By the minute, which is how leaks are felt.</summary>
    private static string Growth(double bytesPerSecond)
    {
        var kibi = bytesPerSecond * 60 / 1024;
        return Math.Abs(kibi) >= 1024 ? Number(kibi / 1024) + " MiB/min" : Number(kibi) + " KiB/min";
    }

    public static string Duration(double seconds)
    {
        var size = Math.Abs(seconds);
        return size switch
        {
            0 => "0 s",
            < 0.001 => Number(seconds * 1e6) + " µs",
            < 0.9995 => Number(seconds * 1e3) + " ms",
            < 600 => Number(seconds) + " s",
            _ => Number(seconds / 60) + " min",
        };
    }

    /// <summary>A duration beyond its limit, told apart from it: <c>just over 10 ms</c>, where the digits alone would not.</summary>
    public static string Over(double seconds, double limit) =>
        (Duration(seconds) == Duration(limit) ? "just over " : "") + Duration(seconds);

    /// <summary>What was measured; else how long it was waited for, as <c>&gt; 42 s</c>; else nothing.</summary>
    public static string Censored(double? seconds, double? waited) =>
        seconds is { } known ? Duration(known) : waited is { } over ? "> " + Duration(over) : "";

    /// <summary>More digits near 0 % and 100 %, where they matter; what is neither is never shown as one of them.</summary>
    public static string Percent(double share) => share switch
    {
        > 0 and < LeastShare => "< 0.01 %",
        > 1 - LeastShare and < 1 => "> 99.99 %",
        _ => Rounded(share),
    };

    private static string Rounded(double share)
    {
        var percent = share * 100;
        var edge = Math.Min(Math.Abs(percent), Math.Abs(100 - percent));
        return percent.ToString(edge is > 0 and < 1 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + " %";
    }

    /// <summary>Three significant digits, never in exponents.</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        var format = size switch
        {
            >= 100 => "0",
            >= 10 => "0.#",
            >= 1 => "0.##",
            >= 0.1 => "0.###",
            _ => "0.####",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary><c>s</c>, <c>share</c> or <c>/s</c>.</summary>
    public static string UnitOf(MetricId metric) => Metrics.UnitOf(metric) switch
    {
        MetricUnit.Seconds => "s",
        MetricUnit.Share => "share",
        MetricUnit.PerSecond => "/s",
        MetricUnit.Money => "money",
        MetricUnit.BytesPerSecond => "B/s",
        _ => throw new UnreachableException($"no unit for {metric}"),
    };

    public static string NameOf(MetricId metric) => metric switch
    {
        MetricId.Ttft => "time to first token",
        MetricId.E2e => "time to the whole answer",
        MetricId.TtftService => "time to first token from the send",
        MetricId.E2eService => "time to the whole answer from the send",
        MetricId.Tpot => "time per output token",
        MetricId.MaxStall => "longest stall in a stream",
        MetricId.DispatchLag => "dispatch lag",
        MetricId.TtftOk => "time to first token of completed requests",
        MetricId.E2eOk => "time to the whole answer of completed requests",
        MetricId.TokenGap => "gap between tokens",
        MetricId.ChunkGap => "gap between stream events",
        MetricId.Attainment => "requests that met every objective",
        MetricId.ErrorRate => "requests that failed",
        MetricId.Accuracy => "graded answers that were right",
        MetricId.FieldAccuracy => "fields that were right",
        MetricId.ValidJson => "graded answers that were valid JSON",
        MetricId.CanaryAccuracy => "canary answers that were right",
        _ when Metrics.IsAsserted(metric) || Metrics.IsGolden(metric) || metric == MetricId.JudgedRight => ScoreWords.NameOf(metric),
        MetricId.Goodput => "good requests per second",
        MetricId.RequestRate => "completed requests per second",
        MetricId.OutputTokenRate => "output tokens per second",
        MetricId.CostPerSuccess => "cost of an answer that counts",
        MetricId.MemorySlope => "growth of memory",
        MetricId.PromptDrift => "properties of prompts that have left the reference",
        MetricId.OutputDrift => "properties of answers that have left the reference",
        MetricId.Bias => "answers that flip with a swapped word, beyond those that flip by themselves",
        MetricId.TimeToDetect => "time to detect",
        MetricId.TimeToRecover => "time to recover",
        MetricId.ResidualRecovery => "recovery after the fault was lifted",
        _ => throw new UnreachableException($"no words for {metric}"),
    };

    /// <summary><c>37.2 % of 812 graded answers were right</c>.</summary>
    public static string Share(MetricId metric, double share, long total)
    {
        var all = total.ToString(CultureInfo.InvariantCulture);
        return Percent(share) + metric switch
        {
            MetricId.Attainment => $" of {all} requests met every objective",
            MetricId.ErrorRate => $" of {all} requests failed",
            MetricId.Accuracy => $" of {all} graded answers were right",
            MetricId.FieldAccuracy => $" of the fields in {all} answers were right",
            MetricId.ValidJson => $" of {all} graded answers were valid JSON",
            MetricId.CanaryAccuracy => $" of {all} canary answers were right",
            _ when Metrics.IsAsserted(metric) || Metrics.IsGolden(metric) || metric == MetricId.JudgedRight => ScoreWords.Tail(metric, all),
            _ => throw new UnreachableException($"{metric} is no share"),
        };
    }

    /// <summary><c>p99 time to first token</c>, <c>mean time per output token</c>.</summary>
    public static string Aggregated(Objective objective)
    {
        var name = NameOf(objective.Metric);
        var how = objective.Aggregation.ToString();
        return how.Length == 0 ? name : $"{how} {name}";
    }

    /// <summary><c>the gate asks for at least 95 %</c>.</summary>
    public static string Asks(Objective objective, string unit)
    {
        var who = objective.Kind switch { GateKind.Gate => "gate", GateKind.Guard => "guard", _ => "objective" };
        return $"the {who} asks for {Side(objective.Comparison)} {Quantity(objective.Limit, unit)}";
    }

    public static string Side(Comparison comparison) => comparison switch
    {
        Comparison.Less => "less than",
        Comparison.LessOrEqual => "at most",
        Comparison.Greater => "more than",
        Comparison.GreaterOrEqual => "at least",
        _ => throw new UnreachableException($"no words for {comparison}"),
    };

    /// <summary><c> in the fault phase, for temperature=0.7</c>, or nothing.</summary>
    public static string Where(Objective objective)
    {
        var phase = objective.Phase is { } one ? $" in the {Measuring.Summaries.NameOf(one)} phase" : "";
        var cohort = objective.Cohort.Count == 0
            ? "" : " for " + string.Join(", ", objective.Cohort.Select(tag => $"{tag.Key}={tag.Value}"));
        return phase + cohort;
    }
}
