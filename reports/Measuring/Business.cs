using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// What the run means for those who pay for it: the candidate's requests of the three measured phases, without those that the run itself
/// cancelled. Made from the figures of the summary, so that it cannot disagree with them.
/// </summary>
/// <param name="Requests">Attempted.</param>
/// <param name="Failed">Users would have seen these fail.</param>
/// <param name="Good">Completed, in time and not wrong.</param>
/// <param name="Seconds">Length of the measured phases.</param>
/// <param name="OutputTokens">Generated, for failed requests too. Null: nobody counted them.</param>
/// <param name="Paid">In the currency of the scenario, for requests that came to nothing too. Null: no price was declared.</param>
/// <param name="Slo">The objective the budget is about, as a share of good requests. Null: the scenario declares none.</param>
/// <param name="NotSent">Of the failed ones, about, those that the run did not come to because it ended early.</param>
/// <param name="OfErrors">That objective asks only that requests do not fail.</param>
public sealed record Business(long Requests, long Failed, long Good, double Seconds, double? OutputTokens, double? Paid, double? Slo, bool OfErrors, long NotSent = 0)
{
    private const double MinutesOf30Days = 30 * 24 * 60;

    /// <summary>What the budget counts: requests that failed where the objective is about errors, else those that were not good.</summary>
    public long Bad => OfErrors ? Failed : Requests - Good;

    /// <summary>bad / offered rate: minutes of full outage that would have cost as many requests at this run's rate.</summary>
    public double OutageMinutes => Requests == 0 ? 0 : (double)Bad / Requests * Seconds / 60;

    /// <summary>The same over the budget of 30 days, (1 - SLO) x 43 200 minutes.</summary>
    public double? BudgetShareOf30Days => Slo is { } slo and < 1 ? OutageMinutes / ((1 - slo) * MinutesOf30Days) : null;

    /// <summary>paid / good x 1 000.</summary>
    public double? CostOfThousandGood => Paid is { } paid && Good > 0 ? paid / Good * 1000 : null;

    public double? TokensOfOneGood => OutputTokens is { } tokens && Good > 0 ? tokens / Good : null;

    /// <summary>Null when nothing was measured, or another tool's file does not tell over which time.</summary>
    internal static Business? Of(Summary summary, Measurements run)
    {
        var all = summary.Targets.GetValueOrDefault(run.Candidate)?.Phases.GetValueOrDefault(Summaries.NameOf(null));
        if (summary.Import?.Untold.Contains("goodput") == true || all?.GetValueOrDefault("error_rate") is not { Value: { } failed } errors || errors.Count == 0)
        {
            return null;
        }

        var good = all.GetValueOrDefault("attainment") is { Value: { } share } attainment ? share * attainment.Count : errors.Count * (1 - failed);
        var seconds = run.WindowsOf(null).Sum(window => Nanos.ToSeconds(window.End - window.Start));
        var tokens = all.GetValueOrDefault("output_token_rate")?.Value * seconds;
        var slo = Impact.SloOf(run.Run);
        return new Business(
            errors.Count, (long)Math.Round(failed * errors.Count), (long)Math.Round(good), seconds, tokens > 0 ? tokens : null, PaidIn(run, tokens, seconds),
            slo?.Share, slo?.OfErrors == true, run.Ending is { Ending: Journal.RunEnding.Completed } ? 0 : summary.Counts.GetValueOrDefault("not-sent"));
    }

    /// <summary>By the prices of the scenario, as <c>cost_per_success</c> has them; else by the output tokens' price that the target declares.</summary>
    private static double? PaidIn(Measurements run, double? tokens, double seconds)
    {
        if (run.Run.Prices is not { } prices || !prices.TryGetValue("candidate", out var price))
        {
            return tokens > 0 && run.Run.OutputPrice is { } each ? tokens * each / 1e6 : null;
        }

        // In an A/B run the two share the time, and whose the device was in it is for the gate to say.
        return price.DeviceHour > 0 ? run.Baseline is null ? seconds / 3600 * price.DeviceHour * price.Devices : null
            : run.In(new Slice(run.Candidate)).Where(request => !request.Censored)
                .Sum(request => (((request.Raw.InputTokens ?? 0) * price.Input) + (request.OutputTokens * price.Output)) / 1e6);
    }
}
