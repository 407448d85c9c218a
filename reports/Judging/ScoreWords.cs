using System.Diagnostics;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>Scores of assertions as a manager reads them.</summary>
internal static class ScoreWords
{
    public static string NameOf(MetricId metric) => metric == MetricId.Similarity ? "similarity to the goldens" : IsLikeness(metric)
        ? $"likeness to the expected answer ({Formula(metric)})"
        : $"answers {Predicate(metric)}";

    /// <summary>What follows a percentage.</summary>
    public static string Tail(MetricId metric, string all) => metric == MetricId.Similarity
        ? $" mean similarity of {all} answers to their goldens (cosine)"
        : IsLikeness(metric)
        ? $" mean likeness of {all} answers to the expected ones ({Formula(metric)})"
        : $" of {all} answers {PastTense(metric)}";

    private static bool IsLikeness(MetricId metric) => metric is >= MetricId.Rouge1 and <= MetricId.Levenshtein;

    private static string Formula(MetricId metric) => metric switch
    {
        MetricId.Rouge1 => "ROUGE-1 F1",
        MetricId.Rouge2 => "ROUGE-2 F1",
        MetricId.RougeL => "ROUGE-L F1",
        MetricId.Bleu => "smoothed BLEU-4",
        MetricId.Chrf => "chrF2",
        MetricId.Levenshtein => "1 - edit distance / longer length",
        _ => throw new UnreachableException($"{metric} is no likeness"),
    };

    private static string Predicate(MetricId metric) => "that " + PastTense(metric);

    private static string PastTense(MetricId metric) => metric switch
    {
        MetricId.AssertionsHeld => "held every assertion",
        MetricId.RegexRight => "matched as asserted",
        MetricId.SchemaRight => "were valid by their JSON Schema",
        MetricId.NumberRight => "had the right number",
        MetricId.RefusalRight => "refused or answered as asserted",
        MetricId.LengthRight => "had a length as asserted",
        MetricId.FinishRight => "ended for an asserted reason",
        MetricId.JudgedRight => "were right by the judge, corrected for its errors",
        MetricId.WithinGolden => "were as like their goldens as the baseline's own repeats are",
        MetricId.LanguageRight => "were in the asserted language",
        _ => throw new UnreachableException($"no words for {metric}"),
    };
}
