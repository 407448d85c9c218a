using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Gates;

/// <param name="Value">In the metric's base unit; relative limits as a share.</param>
/// <param name="Versus">Whether <c>vs baseline</c> stood beside it.</param>
internal readonly record struct GateLimit(double Value, LimitKind Kind, bool Versus = false);

/// <summary>Reads the limit of a gate: a value in the metric's unit, or a signed change beside "vs baseline".</summary>
internal static class LimitReader
{
    public static GateLimit Read(GateText words, MetricId metric)
    {
        var word = words.Take("a limit", $"<= {Example(metric)}");
        var isSigned = word.Text[0] is '+' or '-';
        var versus = words.TryTake("vs");
        if (versus)
        {
            var other = words.Take("baseline", $"{word.Text} vs baseline");
            if (other.Text != "baseline")
            {
                throw new GateException($"{Shown.Quoted(other.Text)} is nothing to compare with", "write vs baseline", other.At);
            }
        }

        return (versus, isSigned) switch
        {
            (true, true) => Change(word, metric) with { Versus = true },
            (true, false) => throw new GateException(
                $"{Shown.Quoted(word.Text)} beside vs baseline has no sign", $"write +{word.Text} or -{word.Text} vs baseline",
                word.At),
            (false, true) when words.Peek is { Text: "under" } => Change(word, metric),
            (false, true) => throw new GateException(
                $"the change {Shown.Quoted(word.Text)} of what?", $"write {word.Text} vs baseline, {word.Text} under corrupted input, or a limit without a sign",
                word.At),
            (false, false) => new GateLimit(Absolute(word, metric), LimitKind.Absolute),
        };
    }

    private static double Absolute(Word word, MetricId metric)
    {
        if (metric == MetricId.Bias && word.Text.EndsWith("pp", StringComparison.Ordinal))
        {
            // A difference of shares by itself.
            return ShareOf(word with { Text = word.Text[..^2] + "%" }, metric);
        }

        if (word.Text.EndsWith("pp", StringComparison.Ordinal))
        {
            throw new GateException("percentage points are a difference",
                $"write {word.Text[..^1][..^1]}%, or +{word.Text} vs baseline", word.At);
        }

        UnitText.TrySplit(word.Text, out _, out var unit);
        return Metrics.UnitOf(metric) switch
        {
            MetricUnit.Share => unit.StartsWith('/')
                ? throw Mismatch(word, metric, "a share", metric == MetricId.Attainment
                    ? $"write goodput for good requests a second: goodput >= {word.Text}"
                    : $"write a percentage, {Example(metric)}")
                : ShareOf(word, metric),
            MetricUnit.PerSecond when unit == "%" => throw Mismatch(
                word, metric, "a rate", metric == MetricId.Goodput
                    ? $"write attainment for the share of good requests: attainment >= {word.Text}"
                    : $"write a rate, {Example(metric)}"),
            MetricUnit.PerSecond => Of(UnitText.Rate(word.Text), word).PerSecond,
            MetricUnit.Money => Money(word),
            MetricUnit.BytesPerSecond => Growth(word),
            _ when unit.StartsWith('/') || unit == "%" =>
                throw Mismatch(word, metric, "a duration", $"write a duration, {Example(metric)}"),
            _ => Of(UnitText.Duration(word.Text), word).TotalSeconds,
        };
    }

    /// <summary>
    /// Gates also take a bare fraction, <c>accuracy >= 0.95</c>; a bare 1 could mean 1 % or all, so it must be written out.
    /// </summary>
    private static double ShareOf(Word word, MetricId metric)
    {
        if (!UnitText.TrySplit(word.Text, out var number, out var unit) || unit.Length > 0)
        {
            return Of(UnitText.Share(word.Text), word).Value;
        }

        return number < 1 ? (double)number : throw new GateException(
            $"{Shown.Quoted(word.Text)} is not a share of {Metrics.NameOf(metric)}",
            number == 1 ? "write 100% or 1%" : $"write {word.Text}%, or a fraction below 1", word.At);
    }

    /// <summary>A bare number, in the currency of the prices.</summary>
    private static double Money(Word word) => UnitText.TrySplit(word.Text, out var amount, out var unit) && unit.Length == 0 ? (double)amount
        : throw new GateException($"{Shown.Quoted(word.Text)} is not an amount of money", "write a number in the currency of the prices, 0.002", word.At);

    /// <summary><c>1MiB/min</c>, in bytes a second.</summary>
    private static double Growth(Word word)
    {
        var slash = word.Text.IndexOf('/', StringComparison.Ordinal);
        double? seconds = slash < 0 ? null : word.Text[(slash + 1)..] switch { "s" => 1, "min" => 60, "h" => 3600, _ => null };
        return seconds is { } length ? Of(UnitText.Size(word.Text[..slash]), word with { Text = word.Text[..slash] }) / length
            : throw new GateException($"{Shown.Quoted(word.Text)} is no growth of memory", "write a size by time, 1MiB/min; /s, /min or /h", word.At);
    }

    private static GateLimit Change(Word word, MetricId metric)
    {
        var sign = word.Text[0] == '-' ? -1 : 1;
        var bare = word with { Text = word.Text[1..], At = word.At + 1 };
        if (!UnitText.TrySplit(bare.Text, out var number, out var unit))
        {
            throw new GateException($"{Shown.Quoted(word.Text)} is not a change", "write it like +5% or -1pp", word.At);
        }

        var unitOfMetric = Metrics.UnitOf(metric);
        return unit switch
        {
            _ when metric == MetricId.CostPerSuccess && unit != "%" => throw new GateException(
                $"{Shown.Quoted(word.Text)} is not a change of a cost", $"write it like +2% vs baseline", word.At),
            "%" => new GateLimit(sign * (double)(number / 100), LimitKind.RelativeToBaseline),
            "pp" when unitOfMetric == MetricUnit.Share =>
                new GateLimit(sign * (double)(number / 100), LimitKind.DifferenceToBaseline),
            "pp" => throw new GateException(
                $"{Metrics.NameOf(metric)} is not a share, so it has no percentage points",
                $"write {word.Text[..^2]}% vs baseline", word.At),
            "" => throw new GateException(
                $"{Shown.Quoted(word.Text)} has no unit",
                unitOfMetric == MetricUnit.Share
                    ? $"write {word.Text}% (relative) or {word.Text}pp (percentage points)"
                    : $"write {word.Text}% of the baseline's value", word.At),
            _ when unitOfMetric == MetricUnit.Seconds =>
                new GateLimit(sign * Of(UnitText.Duration(bare.Text), bare).TotalSeconds, LimitKind.DifferenceToBaseline),
            _ when unitOfMetric == MetricUnit.PerSecond =>
                new GateLimit(sign * Of(UnitText.Rate(bare.Text), bare).PerSecond, LimitKind.DifferenceToBaseline),
            _ => throw new GateException($"{Shown.Quoted(word.Text)} is not a change of a share", "write it like -1pp or -2%",
                word.At),
        };
    }

    private static GateException Mismatch(Word word, MetricId metric, string what, string right) =>
        new($"{Metrics.NameOf(metric)} is {what}, and {Shown.Quoted(word.Text)} is not", right, word.At);

    private static string Example(MetricId metric) => Metrics.UnitOf(metric) switch
    {
        MetricUnit.Share => "95%",
        MetricUnit.PerSecond => "20/s",
        MetricUnit.Money => "0.002",
        MetricUnit.BytesPerSecond => "1MiB/min",
        _ => "800ms",
    };

    private static T Of<T>(Parsed<T> parsed, Word word) =>
        parsed.Flaw is { } flaw ? throw new GateException(flaw.Wrong, flaw.Right, word.At) : parsed.Value;
}
