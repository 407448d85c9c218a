using System.Globalization;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// <c>cost_per_success</c>: all that was paid over the answers that count, a ratio estimator with the variance of the delta method (Cochran,
/// Sampling Techniques, 2.11). An answer counts when it completed, was not graded wrong and held every assertion; failed and wrong ones cost and
/// do not count. Tokens are paid by request, devices by the second, used or not.
/// </summary>
internal static class CostJudge
{
    /// <summary>Fewer requests, seconds or pairs of blocks decide nothing.</summary>
    private const int FewestRows = 10;

    /// <summary>Share of completed requests whose tokens may be unknown.</summary>
    private const double MostUncounted = 0.01;

    public static Ruling Decide(Objective objective, Measurements run, Slice slice)
    {
        if (run.Run.Prices is not { } prices || !prices.TryGetValue("candidate", out var price))
        {
            return Ruling.Undecided(ReasonCodes.NotMeasured, "The run was made without prices; add prices: to the scenario.");
        }

        if (objective.LimitKind == LimitKind.Absolute)
        {
            var bill = Bill.Of(price, run, slice);
            return bill.Doubt(objective) ?? Absolute(objective, bill);
        }

        if (run.Baseline is not { } name)
        {
            return Ruling.Undecided(
                ReasonCodes.BaselineMissing, "The run has no baseline target to compare with; add targets: { baseline: ... } to the scenario.");
        }

        var (mine, theirs) = (Bill.Of(price, run, slice), Bill.Of(prices.GetValueOrDefault("baseline", price), run, slice with { Target = name }));
        return mine.Doubt(objective) ?? theirs.Doubt(objective) ?? Versus(objective, mine, theirs);
    }

    private static Ruling Absolute(Objective objective, Bill bill)
    {
        var ratio = bill.Ratio();
        if (!ratio.IsKnown)
        {
            return NoSuccess(objective, bill);
        }

        // Each bound by itself at 95 %.
        var (low, high) = ratio.Value.Interval((2 * AbsoluteJudge.Confidence) - 1);
        var verdict = AbsoluteJudge.Side(objective, low, high);
        var seen = $"{bill.Words()} made {Wording.Money(ratio.Value.Ratio)} for each{Wording.Where(objective)}; {Wording.Asks(objective, "money")}";
        return Ruled(verdict, seen) with
        {
            Observed = ratio.Value.Ratio,
            Samples = bill.Rows.Count,
            Interval = new Interval(low, high, AbsoluteJudge.Confidence, "ratio (delta method)"),
            Chance = Chance(ratio.Value.Ratio - objective.Limit, ratio.Value.StandardError, objective),
        };
    }

    /// <summary>Logarithms of the two ratios, whose errors are independent: no request is of both.</summary>
    private static Ruling Versus(Objective objective, Bill mine, Bill theirs)
    {
        var (one, other) = (mine.Ratio(), theirs.Ratio());
        if (!one.IsKnown || !other.IsKnown)
        {
            return NoSuccess(objective, one.IsKnown ? theirs : mine);
        }

        var difference = Math.Log(one.Value.Ratio / other.Value.Ratio);
        var error = Math.Sqrt(Math.Pow(one.Value.StandardError / one.Value.Ratio, 2) + Math.Pow(other.Value.StandardError / other.Value.Ratio, 2));
        var reach = error * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, AbsoluteJudge.Confidence);
        var limit = Math.Log(1 + objective.Limit);
        var verdict = AbsoluteJudge.Side(objective.Comparison, difference - reach, difference + reach, limit);
        string Change(double log) => Wording.Quantity(Math.Exp(log) - 1, "relative");
        var seen = $"An answer that counts cost {Wording.Money(one.Value.Ratio)} against {Wording.Money(other.Value.Ratio)} of the baseline{Wording.Where(objective)}: {Change(difference)}, "
            + $"somewhere from {Change(difference - reach)} to {Change(difference + reach)}; the gate asks for {Wording.Side(objective.Comparison)} {Wording.Quantity(objective.Limit, "relative")} vs baseline";
        return Ruled(verdict, seen) with
        {
            Observed = Math.Exp(difference) - 1,
            BaselineObserved = other.Value.Ratio,
            Unit = "relative",
            Samples = mine.Rows.Count + theirs.Rows.Count,
            Interval = new Interval(Math.Exp(difference - reach) - 1, Math.Exp(difference + reach) - 1, AbsoluteJudge.Confidence, "ratio (delta method)"),
            Chance = Chance(difference - limit, error, objective),
        };
    }

    private static double? Chance(double beyond, double error, Objective objective)
    {
        var z = beyond / error;
        return error > 0 ? MathNet.Numerics.Distributions.Normal.CDF(0, 1, objective.Comparison is Comparison.Less or Comparison.LessOrEqual ? -z : z) : null;
    }

    /// <summary>Whatever was paid, nothing was had for it: without end for a ceiling, and nothing to say about a floor.</summary>
    private static Ruling NoSuccess(Objective objective, Bill bill) => Ruled(
        objective.Comparison is Comparison.Less or Comparison.LessOrEqual ? FindingVerdict.Fail : FindingVerdict.Inconclusive,
        $"{bill.Words()}, and none of them counts{Wording.Where(objective)}: no answer was had for the money") with { Samples = bill.Rows.Count };

    private static Ruling Ruled(FindingVerdict verdict, string seen) => new()
    {
        Verdict = verdict,
        ReasonCode = verdict switch { FindingVerdict.Pass => ReasonCodes.Held, FindingVerdict.Fail => ReasonCodes.Broken, _ => ReasonCodes.Straddles },
        Advice = verdict == FindingVerdict.Inconclusive ? $"{seen}, too close to tell with 95 % confidence. More requests would narrow it." : $"{seen}.",
    };

    /// <summary>What was paid and what was had for it, row by row: requests where tokens are paid for, seconds where devices are.</summary>
    private sealed record Bill(IReadOnlyList<(double Cost, double Successes)> Rows, long Requests, long Uncounted, bool ByDevice)
    {
        public static Bill Of(Prices price, Measurements run, Slice slice)
        {
            var byDevice = price.DeviceHour > 0;
            var (rows, requests, uncounted) = (new List<(double, double)>(), 0L, 0L);
            var seconds = new SortedDictionary<long, double>();
            foreach (var request in run.In(slice).Where(request => !request.Censored))
            {
                requests++;
                var counts = request.Completed && request.Accuracy is null or >= 1 && request.ScoreOf(MetricId.AssertionsHeld) is null or >= 1 ? 1 : 0;
                uncounted += !byDevice && request.Completed && (request.Raw.OutputTokens is null || (price.Input > 0 && request.Raw.InputTokens is null)) ? 1 : 0;
                rows.Add((((request.Raw.InputTokens ?? 0) * price.Input + (request.OutputTokens * price.Output)) / 1e6, counts));
                var second = request.PlannedAt / Nanos.PerSecond;
                seconds[second] = seconds.GetValueOrDefault(second) + counts;
            }

            return byDevice
                ? new Bill([.. Held(run, slice, seconds).Select(counted => (price.DeviceHour * price.Devices / 3600, counted))], requests, 0, true)
                : new Bill(rows, requests, uncounted, false);
        }

        /// <summary>Seconds in which the devices were held for this version: all of the phases, or those of its own turns in an A/B run.</summary>
        private static IEnumerable<double> Held(Measurements run, Slice slice, SortedDictionary<long, double> counted) => run.Baseline is not null ? counted.Values
            : run.WindowsOf(slice.Phase).SelectMany(window => Enumerable.Range(
                (int)(window.Start / Nanos.PerSecond), (int)((window.End - window.Start) / Nanos.PerSecond))).Select(second => counted.GetValueOrDefault(second));

        public Answer<RatioEstimate> Ratio() => RatioEstimate.Of([.. Rows.Select(row => row.Cost)], [.. Rows.Select(row => row.Successes)]);

        public Ruling? Doubt(Objective objective) => Uncounted > MostUncounted * Requests
            ? Ruling.Undecided(
                ReasonCodes.NotMeasured, FormattableString.Invariant($"Of {Uncounted} of {Requests} requests nobody knows the tokens, so nobody knows what they cost; give the target a tokenizer:, or let its server say usage.")) with { Samples = Requests }
            : Rows.Count < FewestRows
            ? Ruling.Undecided(
                ReasonCodes.TooFewSamples, FormattableString.Invariant($"There were {Rows.Count} {(ByDevice ? "seconds" : "requests")}{Wording.Where(objective)}; at least {FewestRows} are needed.")) with { Samples = Rows.Count }
            : null;

        public string Words() => string.Create(
            CultureInfo.InvariantCulture, $"{Wording.Money(Rows.Sum(row => row.Cost))} paid for {Requests} requests, {Rows.Sum(row => row.Successes):0} of which count,");
    }
}
