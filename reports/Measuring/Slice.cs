using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Measuring;

/// <summary>Which requests a number speaks about.</summary>
/// <param name="Target">Target name.</param>
/// <param name="Phase">Null: baseline, fault and recovery together. Warm-up is never included unless it is named.</param>
/// <param name="Cohort">Tags a request must carry, all of them. Null or empty: any.</param>
public sealed record Slice(string Target, Phase? Phase = null, IReadOnlyDictionary<string, string>? Cohort = null)
{
    public bool Holds(Request request) =>
        string.Equals(request.Target, Target, StringComparison.Ordinal)
        && (Phase is { } phase ? request.Phase == phase : request.Phase != Scenarios.Model.Phase.WarmUp)
        && (Cohort is null || Cohorts.Match(request.Cohort, Cohort));
}

/// <summary>How cohort tags are named and compared in gates and reports.</summary>
public static class Cohorts
{
    /// <summary>
    /// Names: <c>prompts, temperature, maxTokens, stream, batch, role, grader</c>, then the prompt's own tags. Names ignore case and
    /// underscores; numbers compare as numbers, so <c>temperature=0.70</c> means 0.7.
    /// </summary>
    public static bool Match(Cohort cohort, IReadOnlyDictionary<string, string> wanted)
    {
        foreach (var (name, value) in wanted)
        {
            if (ValueOf(cohort, name) is not { } actual || !Same(actual, value))
            {
                return false;
            }
        }

        return true;
    }

    public static string? ValueOf(Cohort cohort, string name) => Plain(name) switch
    {
        "prompts" => cohort.Prompts,
        "temperature" => cohort.Temperature.ToString(CultureInfo.InvariantCulture),
        "maxtokens" => cohort.MaxTokens.ToString(CultureInfo.InvariantCulture),
        "stream" => cohort.Stream ? "true" : "false",
        "batch" => cohort.Batch.ToString(CultureInfo.InvariantCulture),
        "role" => cohort.Role.ToString(),
        "grader" => cohort.Grader.ToString(),
        _ => cohort.Tags.TryGetValue(name.ToLowerInvariant(), out var tag) ? tag : null,
    };

    /// <summary><c>tickets, temperature 0.7, 48 tokens, streamed</c>: what the report calls the cohort.</summary>
    public static string Label(Cohort cohort)
    {
        var batch = cohort.Batch > 1 ? FormattableString.Invariant($", batch {cohort.Batch}") : "";
        var way = cohort.Stream ? "streamed" : "whole";
        return FormattableString.Invariant(
            $"{cohort.Prompts}, temperature {cohort.Temperature}, {cohort.MaxTokens} tokens, {way}{batch}");
    }

    private static bool Same(string actual, string wanted) =>
        string.Equals(actual, wanted, StringComparison.OrdinalIgnoreCase)
        || (Number(actual) is { } left && Number(wanted) is { } right && left.Equals(right));

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
