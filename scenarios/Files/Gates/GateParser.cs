using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Gates;

/// <summary>A parsed statement about a metric.</summary>
/// <param name="Hold">How long it must hold, <c>for 5s</c>; only abort conditions have one.</param>
internal sealed record GateStatement(Objective Objective, TimeSpan? Hold);

/// <summary>
/// Reads <c>[p99|mean|max|min] METRIC COMPARISON LIMIT [vs baseline] [under corrupted input] [in PHASE] [for NAME=VALUE,...]</c>. Every mistake that
/// people make is answered with the line that they meant.
/// </summary>
internal static class GateParser
{
    private const string Example = "p99 ttft < 800ms";
    private const int LongestText = 300;

    /// <summary>Of the baseline's own answers 5 % are below their threshold; as much again is tolerated (docs/golden.md).</summary>
    private const double LeastWithinGolden = 0.9;

    /// <summary><c>X within D</c> says what <c>X &lt;= D</c> says of the recovery metric.</summary>
    private static readonly (string Word, MetricId Metric)[] WithinForms =
    [
        ("recovered", MetricId.ResidualRecovery), ("detected", MetricId.TimeToDetect),
        ("residual_recovery", MetricId.ResidualRecovery), ("time_to_detect", MetricId.TimeToDetect),
        ("time_to_recover", MetricId.TimeToRecover),
    ];

    private static readonly (string Word, Comparison Comparison)[] Comparisons =
        [("<", Comparison.Less), ("<=", Comparison.LessOrEqual), (">", Comparison.Greater), (">=", Comparison.GreaterOrEqual)];

    private static readonly (string Word, Phase Phase)[] Phases =
        [("baseline", Phase.Baseline), ("fault", Phase.Fault), ("recovery", Phase.Recovery)];

    public static Parsed<GateStatement> Parse(string text, GateKind kind = GateKind.Gate, bool isAbort = false)
    {
        if (text.Length > LongestText)
        {
            return new Flaw($"a statement of {text.Length} characters", $"write it like {Example}");
        }

        try
        {
            var words = new GateText(text);
            return Statement(words, kind, isAbort);
        }
        catch (GateException wrong)
        {
            return wrong.Flaw;
        }
    }

    private static GateStatement Statement(GateText words, GateKind kind, bool isAbort)
    {
        var objective = Core(words, kind);
        TimeSpan? hold = null;
        while (words.Peek is { } word)
        {
            if (words.TryTake("under"))
            {
                objective = Corrupted.Read(words, objective);
            }
            else if (words.TryTake("in"))
            {
                objective = objective with { Phase = PhaseOf(words) };
            }
            else if (words.TryTake("for"))
            {
                var next = words.Take("a duration or NAME=VALUE", "for temperature=0.7");
                if (next.Text.Contains('=', StringComparison.Ordinal))
                {
                    objective = objective with { Cohort = CohortOf(words, next) };
                }
                else
                {
                    hold = isAbort ? DurationOf(next)
                        : throw new GateException("a gate is judged over a whole phase, not for a duration",
                            "leave out the duration, or write in fault, in recovery", word.At);
                }
            }
            else
            {
                throw new GateException($"{Shown.Quoted(word.Text)} is not understood here",
                    "after the limit come vs baseline, under corrupted input, in PHASE and for NAME=VALUE", word.At);
            }
        }

        return new GateStatement(objective, hold);
    }

    private static Objective Core(GateText words, GateKind kind)
    {
        var first = words.Take("a metric", Example);
        if (words.TryTake("within"))
        {
            return Within(words, first, kind);
        }

        if (first.Text == "drift")
        {
            return Drift(words, kind);
        }

        var aggregation = AggregationOf(first);
        var metricWord = aggregation is null ? first : words.Take("a metric", Example);
        var metric = GateWords.Metric(metricWord);
        GateWords.CheckAggregation(words, metric, aggregation, first);
        if (!Metrics.CanGate(metric) && kind != GateKind.Info)
        {
            throw new GateException(
                $"{metricWord.Text} leaves out the requests that failed, so it cannot gate",
                $"write {metricWord.Text[..^3]}, where a failed request is infinitely late; or info: to show it only",
                metricWord.At);
        }

        var comparison = ComparisonOf(words);
        var limit = LimitReader.Read(words, metric);
        return new Objective
        {
            Text = words.Text,
            Metric = metric,
            Aggregation = aggregation ?? new Aggregation(AggregationKind.Value),
            Comparison = comparison,
            Limit = limit.Value,
            LimitKind = limit.Kind,
            Kind = kind,
            UnderCorruption = limit is { Kind: not LimitKind.Absolute, Versus: false } ? Contrast.Clean : null,
        };
    }

    /// <summary><c>drift of outputs within reference</c>: no property of them has left the distribution of the reference run.</summary>
    private static Objective Drift(GateText words, GateKind kind)
    {
        const string example = "drift of outputs within reference";
        Expect("of");
        var what = words.Take("outputs or prompts", example);
        MetricId metric = what.Text switch
        {
            "outputs" => MetricId.OutputDrift,
            "prompts" => MetricId.PromptDrift,
            _ => throw new GateException($"{Shown.Quoted(what.Text)} is nothing that drifts here", "write drift of outputs, or drift of prompts", what.At),
        };
        Expect("within");
        Expect("reference");
        return new Objective
        {
            Text = words.Text,
            Metric = metric,
            Aggregation = new Aggregation(AggregationKind.Value),
            Comparison = Comparison.LessOrEqual,
            Limit = 0,
            Kind = kind,
        };

        void Expect(string expected)
        {
            var word = words.Take(expected, example);
            if (word.Text != expected)
            {
                throw new GateException($"{Shown.Quoted(word.Text)} is not understood here", $"write {example}", word.At);
            }
        }
    }

    private static Objective Within(GateText words, Word subject, GateKind kind)
    {
        if (subject.Text is "similarity")
        {
            var golden = words.Take("golden", "similarity within golden");
            return golden.Text == "golden"
                ? new Objective
                {
                    Text = words.Text,
                    Metric = MetricId.WithinGolden,
                    Aggregation = new Aggregation(AggregationKind.Value),
                    Comparison = Comparison.GreaterOrEqual,
                    Limit = LeastWithinGolden,
                    Kind = kind,
                }
                : throw new GateException($"{Shown.Quoted(golden.Text)} is nothing that a similarity can be within", "write similarity within golden", golden.At);
        }

        var form = WithinForms.FirstOrDefault(known => known.Word == subject.Text);
        if (form.Word is null)
        {
            throw new GateException(
                $"{Shown.Quoted(subject.Text)} cannot be within something", "write recovered within 10s, or detected within 2s",
                subject.At);
        }

        return new Objective
        {
            Text = words.Text,
            Metric = form.Metric,
            Aggregation = new Aggregation(AggregationKind.Value),
            Comparison = Comparison.LessOrEqual,
            Limit = DurationOf(words.Take("a duration", $"{subject.Text} within 10s")).TotalSeconds,
            Kind = kind,
        };
    }

    /// <summary>Null when the word is none: then it is the metric.</summary>
    private static Aggregation? AggregationOf(Word word)
    {
        switch (word.Text)
        {
            case "mean":
                return new Aggregation(AggregationKind.Mean);
            case "avg" or "average":
                throw new GateException($"{Shown.Quoted(word.Text)} is called mean here", "write mean", word.At);
            case "max":
                return new Aggregation(AggregationKind.Max);
            case "min":
                return new Aggregation(AggregationKind.Min);
            case "median":
                throw new GateException("the median is called p50 here", "write p50", word.At);
        }

        if (word.Text.Length < 2 || word.Text[0] is not ('p' or 'P') || !char.IsAsciiDigit(word.Text[1]))
        {
            return null;
        }

        if (word.Text[0] == 'P' || !UnitText.TrySplit(word.Text[1..], out var percent, out var rest) || rest.Length > 0)
        {
            throw new GateException($"{Shown.Quoted(word.Text)} is not a percentile", "write p50, p99 or p99.9", word.At);
        }

        return percent is > 0 and < 100
            ? new Aggregation(AggregationKind.Percentile, (double)percent)
            : throw new GateException($"{Shown.Quoted(word.Text)} is not between p0 and p100", "write min or max for the ends",
                word.At);
    }

    private static Comparison ComparisonOf(GateText words)
    {
        var word = words.Take("a comparison", Example);
        var found = Comparisons.FirstOrDefault(known => known.Word == word.Text);
        return found.Word is not null ? found.Comparison
            : throw new GateException($"{Shown.Quoted(word.Text)} is not a comparison", word.Text switch
        {
            "≤" or "≦" => "write <=",
            "≥" or "≧" => "write >=",
            "=" or "==" => "measured numbers are never equal; write <= or >=",
            _ => "write <, <=, > or >=",
        }, word.At);
    }

    private static Phase PhaseOf(GateText words)
    {
        var word = words.Take("a phase", $"{Example} in fault");
        var found = Phases.FirstOrDefault(known => known.Word == word.Text);
        return found.Word is not null ? found.Phase : throw new GateException(
            word.Text is "warmUp" or "warm-up" ? "warm-up is excluded from every metric"
                : $"{Shown.Quoted(word.Text)} is not a phase",
            "write in baseline, in fault or in recovery", word.At);
    }

    private static Dictionary<string, string> CohortOf(GateText words, Word first)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        var word = first;
        while (true)
        {
            foreach (var pair in word.Text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || equals == pair.Length - 1 || !Names.IsMatch(pair[..equals], Names.Pattern))
                {
                    throw new GateException($"{Shown.Quoted(pair)} is not NAME=VALUE",
                        "write for temperature=0.7,prompts=tickets", word.At);
                }

                if (!tags.TryAdd(pair[..equals], pair[(equals + 1)..]))
                {
                    throw new GateException($"the tag {Shown.Quoted(pair[..equals])} stands twice",
                        "a request carries one value of it; write two gates", word.At);
                }
            }

            if (!word.Text.EndsWith(',') && !words.TryTake("and"))
            {
                return tags;
            }

            word = words.Take("NAME=VALUE", "for temperature=0.7,prompts=tickets");
        }
    }

    private static TimeSpan DurationOf(Word word)
    {
        var parsed = UnitText.Duration(word.Text);
        return parsed.Flaw is { } flaw ? throw new GateException(flaw.Wrong, flaw.Right, word.At) : parsed.Value;
    }
}
