using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Gates;

/// <summary>Names of metrics in gates, and what people write instead.</summary>
internal static class GateWords
{
    private static readonly Dictionary<string, MetricId> ByName =
        Metrics.All.ToDictionary(Metrics.NameOf, StringComparer.Ordinal);

    /// <summary>Other tools' words.</summary>
    private static readonly Dictionary<string, string> Habits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["latency"] = "e2e, or ttft for the first token",
        ["response_time"] = "e2e",
        ["duration"] = "e2e",
        ["itl"] = "token_gap",
        ["tbt"] = "token_gap",
        ["errors"] = "error_rate",
        ["availability"] = "attainment",
        ["success_rate"] = "attainment, or error_rate",
        ["throughput"] = "request_rate, goodput or output_token_rate",
        ["rps"] = "request_rate",
        ["qps"] = "request_rate",
        ["tokens_per_second"] = "output_token_rate",
        ["recovery"] = "residual_recovery",
    };

    public static MetricId Metric(Word word) => ByName.TryGetValue(word.Text, out var metric)
        ? metric
        : throw new GateException(
            $"there is no metric {Shown.Quoted(word.Text)}",
            Habits.TryGetValue(word.Text, out var usual) ? $"here it is called {usual}" : Nearest.Remedy(word.Text, ByName.Keys),
            word.At);

    public static void CheckAggregation(GateText words, MetricId metric, Aggregation? aggregation, Word first)
    {
        var name = Metrics.NameOf(metric);
        if (Metrics.IsDistribution(metric) && aggregation is null)
        {
            throw new GateException($"{name} has one value per request or more; one number is needed",
                $"say which: p99 {Rest(words, first.At)}", first.At);
        }

        if (!Metrics.IsDistribution(metric) && aggregation is not null)
        {
            throw new GateException(
                $"{name} is one number, it has no {first.Text}",
                $"write {Rest(words, words.Text.IndexOf(name, first.At, StringComparison.Ordinal))}", first.At);
        }
    }

    private static string Rest(GateText words, int from) => Shown.Plain(words.Text[from..]);
}
