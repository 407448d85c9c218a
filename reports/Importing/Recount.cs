using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Importing;

/// <summary>
/// Makes a published figure again from the requests in the file, by the tool's own definition and way with percentiles: what differs beyond
/// rounding is a misreading of ours or a mistake of theirs, and is said either way.
/// </summary>
internal static class Recount
{
    private const string Weighted = "+token-weighted";

    /// <summary>Of one request; more is no answer of a model.</summary>
    private const int MostTokens = 100_000;

    public static IReadOnlyList<PublishedFigure> Of(ImportedRun run)
    {
        var values = new Dictionary<string, double[]>(StringComparer.Ordinal);
        return run.Requests.Count == 0 ? [.. run.Figures.Select(figure => figure with { Recomputed = Derived(figure, run) })] : [.. run.Figures.Select(figure => figure with { Recomputed = Figure(figure, run, values) })];
    }

    /// <summary>Of totals alone: rates are counts over a duration, and both are printed.</summary>
    private static double? Derived(PublishedFigure figure, ImportedRun run)
    {
        double? Told(string definition) => run.Figures.FirstOrDefault(other => other.Definition == definition && other.Statistic == "value")?.Value;

        // A rounded duration makes no exact rate.
        if (run.Figures.Any(other => other is { Definition: "duration/run", Rounding: not null }))
        {
            return null;
        }

        return figure.Definition switch
        {
            "request_rate/ok-per-duration" => Told("requests/ok") / run.Duration,
            "request_rate/all-per-duration" => Told("requests/all") / run.Duration,
            "iteration_rate/per-duration" => Told("iterations/all") / run.Duration,
            "output_token_rate/per-duration" => Told("output_tokens/sum") / run.Duration,
            "token_rate/per-duration" => (Told("input_tokens/sum") + Told("output_tokens/sum")) / run.Duration,
            "error_rate/failed-of-all" => Told("requests/failed") / Told("requests/all"),
            "error_rate/unexpected-of-all" => Told("requests/unexpected-status") / Told("requests/all"),
            _ => null,
        };
    }

    private static double? Figure(PublishedFigure figure, ImportedRun run, Dictionary<string, double[]> known)
    {
        if (Whole(figure.Definition, run) is { } one)
        {
            return figure.Statistic == "value" ? one : null;
        }

        if (!known.TryGetValue(figure.Definition, out var sorted))
        {
            known[figure.Definition] = sorted = QuantileEstimators.Sorted([.. run.Requests.Where(request => request.Counted).SelectMany(request => Values(figure.Definition, request))]);
        }

        return sorted.Length == 0 ? null : figure.Statistic switch
        {
            "mean" => sorted.Average(),
            "min" => sorted[0],
            "max" => sorted[^1],
            "std" => Deviation(sorted, run.SampleDeviation),
            ['p', .. var percent] when double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => Percentile(sorted, number / 100, run.Percentiles),
            _ => null,
        };
    }

    /// <summary>Numbers of the run as a whole. Null: it is a distribution, or the file does not tell.</summary>
    private static double? Whole(string definition, ImportedRun run)
    {
        var counted = run.Requests.Where(request => request.Counted);
        return definition switch
        {
            "requests/ok" => counted.Count(),
            "requests/failed" => run.Requests.Count(request => !request.Counted),
            "requests/all" => run.Requests.Count,
            "error_rate/failed-of-all" => run.Requests.Count(request => !request.Counted) / (double)run.Requests.Count,
            "requests/unexpected-status" => Unexpected(run),
            "error_rate/unexpected-of-all" => Unexpected(run) / (double)run.Requests.Count,
            "requests/recorded" => run.Requests.Count,
            "request_rate/all-per-duration" => run.Requests.Count / run.Duration,
            "input_tokens/sum" => Sum(counted, request => request.InputTokens),
            "output_tokens/sum" => Sum(counted, request => request.OutputTokens),
            "request_rate/ok-per-duration" => counted.Count() / run.Duration,
            "output_token_rate/per-duration" => Sum(counted, request => request.OutputTokens) / run.Duration,
            "token_rate/per-duration" => Sum(counted, request => request.InputTokens + request.OutputTokens) / run.Duration,
            _ => null,
        };
    }

    /// <summary>Of tools that have them in their times like any other.</summary>
    private static int Unexpected(ImportedRun run) => run.Requests.Count(request => request.Outcome != Outcome.Completed);

    private static double? Sum(IEnumerable<ImportedRequest> requests, Func<ImportedRequest, int?> read)
    {
        var sum = 0.0;
        foreach (var request in requests)
        {
            if (read(request) is not { } value)
            {
                return null;
            }

            sum += value;
        }

        return sum;
    }

    private static IEnumerable<double> Values(string definition, ImportedRequest request)
    {
        if (request.Given?.TryGetValue(definition, out var given) == true)
        {
            return [given];
        }

        if (definition.EndsWith(Weighted, StringComparison.Ordinal))
        {
            var bare = definition[..^Weighted.Length];
            var times = bare.StartsWith("itl/", StringComparison.Ordinal) ? request.OutputTokens - 1 : request.OutputTokens;
            return Values(bare, request).SelectMany(value => Enumerable.Repeat(value, Math.Clamp(times ?? 0, 0, MostTokens)));
        }

        var (metric, rest) = definition.Split('/', 2) is [var name, var how] ? (name, how) : (definition, "");
        double? planned = rest.Contains("@planned", StringComparison.Ordinal) ? request.Sent - request.Planned : 0;
        double? one = (metric, rest) switch
        {
            ("e2e", "http-duration@send+ok-only") when request.Outcome != Outcome.Completed => null,
            ("ttft", _) => request.FirstToken + planned,
            ("e2e", _) when rest.StartsWith("stream-end", StringComparison.Ordinal) => (request.Ended ?? request.LastToken) + planned,
            ("e2e", _) => request.LastToken + planned,
            ("tpot", "n-1") or ("itl", "request-mean") => request.OutputTokens > 1 ? (request.LastToken - request.FirstToken) / (request.OutputTokens - 1) : null,
            ("tpot", "incl-first") => request.OutputTokens > 0 ? request.LastToken / request.OutputTokens : null,
            ("dispatch_lag", _) => request.Sent - request.Planned,
            ("input_tokens", _) => request.InputTokens,
            ("output_tokens", _) => request.OutputTokens,
            _ => null,
        };
        return (metric, rest) is ("itl", "chunk-pooled") ? request.Gaps : one is { } value ? [value] : [];
    }

    private static double Deviation(double[] values, bool sample)
    {
        var mean = values.Average();
        var divisor = sample ? values.Length - 1 : values.Length;
        return divisor == 0 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / divisor);
    }

    private static double? Percentile(double[] sorted, double share, string? how) => how switch
    {
        "pct/type7" => QuantileEstimators.OfSorted(sorted, share),
        "pct/floor-index" => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))],

        // The smallest value at which the share of values up to it reaches what is asked for.
        "pct/nearest-left" => sorted[Math.Clamp((int)Math.Ceiling((share * sorted.Length) - 1e-9) - 1, 0, sorted.Length - 1)],
        _ => null,
    };
}
