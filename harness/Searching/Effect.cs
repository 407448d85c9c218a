using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Shares;

namespace ChaosBench.Harness.Searching;

/// <summary>
/// What a find does, from fresh pairs of it and its clean parent: the search has kept what looked worst, so its own numbers flatter it.
/// </summary>
/// <param name="Clean">Median seconds or mean score of the clean prompt.</param>
/// <param name="Worst">Of the damaged one; infinite (null in files) where most answers never came.</param>
/// <param name="Change">Latency: mean ratio, worst over clean. Quality: mean difference of scores, below 0 for a loss.</param>
/// <param name="Low">One-sided bound at <paramref name="Confidence"/>; null where only signs could be counted.</param>
/// <param name="Method"><c>t</c>, <c>newcombe</c> (paired shares) or <c>signs</c>.</param>
/// <param name="Shows">The bound is beyond 10 % later, or 5 points of score lost; by signs: too many for chance.</param>
internal sealed record Effect(
    double Clean, double? Worst, double? Change, double? Low, double? High, double Confidence, int Pairs, string Method, bool Shows)
{
    /// <summary>Log of the smallest ratio that is worth a find.</summary>
    private static readonly double Later = Math.Log(1.1);
    private const double Lost = 0.05;

    /// <param name="pairs">Values of the clean and of the damaged prompt, asked side by side.</param>
    /// <param name="finds">Finds that are looked at together: the bounds hold for all of them at 95 % (Bonferroni).</param>
    public static Effect Of(SearchGoal goal, IReadOnlyList<(double Clean, double Worst)> pairs, int finds)
    {
        var confidence = 1 - (0.05 / Math.Max(1, finds));
        return goal == SearchGoal.Latency ? OfLatency(pairs, confidence) : OfQuality(pairs, confidence);
    }

    /// <summary>One sentence with its interval.</summary>
    public string Words(SearchGoal goal)
    {
        string Percent(double? value) => Wording.Percent(value ?? 0);
        var sure = FormattableString.Invariant($"{Pairs} fresh pairs, each bound at {Wording.Percent(Confidence)}");
        return goal == SearchGoal.Latency
            ? Change is { } ratio && Low is { } low && High is { } high
                ? FormattableString.Invariant($"{ratio:0.00} times as late ({low:0.00} to {high:0.00}; {Wording.Duration(Clean)} to {Wording.Duration(Worst ?? 0)}; {sure})")
                : FormattableString.Invariant($"{(Worst is null ? "most answers never came" : "later")} ({Wording.Duration(Clean)} clean; counted by signs over {sure})")
            : Low is { } least && High is { } most
                ? $"score {Percent(Clean)} clean, {Percent(Worst)} damaged: {Wording.Quantity((Change ?? 0) * 100, "pp")} ({Wording.Quantity(least * 100, "pp")} to {Wording.Quantity(most * 100, "pp")}; {sure})"
                : $"score {Percent(Clean)} clean, {Percent(Worst)} damaged: the same {Wording.Quantity((Change ?? 0) * 100, "pp")} in each of {sure}";
    }

    private static Effect OfLatency(IReadOnlyList<(double Clean, double Worst)> pairs, double confidence)
    {
        double Median(IEnumerable<double> values) => values.Order().ElementAt(pairs.Count / 2);
        var (clean, worst) = (Median(pairs.Select(pair => pair.Clean)), Median(pairs.Select(pair => pair.Worst)));
        var logs = pairs.Select(pair => Math.Log(pair.Worst / pair.Clean)).ToList();
        return MeanBounds.Of(logs, confidence) is { StandardError: > 1e-12 } bounds
            ? new Effect(clean, worst, Math.Exp(bounds.Mean), Math.Exp(bounds.Low), Math.Exp(bounds.High), confidence, pairs.Count, "t", bounds.Low > Later)
            : BySigns(clean, worst, logs, value => value > Later, confidence) is { Change: { } log } signs ? signs with { Change = Math.Exp(log) }
            : BySigns(clean, worst, logs, value => value > Later, confidence);
    }

    private static Effect OfQuality(IReadOnlyList<(double Clean, double Worst)> pairs, double confidence)
    {
        var (clean, worst) = (pairs.Average(pair => pair.Clean), pairs.Average(pair => pair.Worst));
        var changes = pairs.Select(pair => pair.Worst - pair.Clean).ToList();
        if (pairs.All(pair => pair is { Clean: 0 or 1, Worst: 0 or 1 }))
        {
            int Count(double one, double other) => pairs.Count(pair => pair.Worst.Equals(one) && pair.Clean.Equals(other));
            var shares = Newcombe.Paired(Count(1, 1), Count(1, 0), Count(0, 1), Count(0, 0), 1 - (2 * (1 - confidence))).Value;
            return new Effect(clean, worst, shares.Difference, shares.Low, shares.High, confidence, pairs.Count, "newcombe", shares.High < -Lost);
        }

        return MeanBounds.Of(changes, confidence) is { StandardError: > 1e-12 } bounds
            ? new Effect(clean, worst, bounds.Mean, bounds.Low, bounds.High, confidence, pairs.Count, "t", bounds.High < -Lost)
            : BySigns(clean, worst, changes, value => value < -Lost, confidence);
    }

    /// <summary>Infinite values have no mean, and values all alike no deviation: then it is counted how many pairs are worse.</summary>
    private static Effect BySigns(double clean, double worst, List<double> changes, Func<double, bool> isWorse, double confidence)
    {
        var count = changes.Count(isWorse);
        double? change = changes.TrueForAll(double.IsFinite) ? changes[0] : null;
        return new Effect(
            clean, double.IsFinite(worst) ? worst : null, change, null, null, confidence, changes.Count, "signs",
            Binomial.AtLeast(count, changes.Count, 0.5) <= 1 - confidence);
    }
}
