using System.Globalization;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Writers;

/// <summary>One fault's recovery and cost as name, value and formula; every report shows the same rows, and only those that have a value.</summary>
internal static class RecoveryText
{
    /// <param name="Formula">How it is made, in the words of docs/metrics.md.</param>
    internal sealed record Row(string Name, string Value, string Formula);

    public static IReadOnlyList<Row> Of(FaultSummary fault) => [.. Times(fault).Concat(Costs(fault)).Where(row => row.Value.Length > 0)];

    /// <summary>One sentence on the steady state, window by window.</summary>
    public static string Of(HypothesisSummary hypothesis)
    {
        string Part(string when, WindowSummary seen) => seen.Windows == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $"in {seen.Held} of {seen.Windows} windows {when}")
            + (seen.LongestBreak > 0 ? $" (longest break {Wording.Duration(seen.LongestBreak)})" : "");

        var parts = new[]
        {
            Part("before the first fault", hypothesis.Before), Part("while one was active", hypothesis.During), Part("after the last", hypothesis.After),
        };
        return $"The steady state ({hypothesis.Text}) held {string.Join(", ", parts.Where(part => part.Length > 0))}; a window is "
            + $"{Wording.Duration(hypothesis.Window)}.";
    }

    private static IEnumerable<Row> Times(FaultSummary fault)
    {
        var known = fault.Window is not null;
        yield return new Row("Injection lag", Seconds(fault.InjectionLag), "first applied - ordered");
        yield return new Row("Time to impact", fault.TimeToImpact is { } impact ? Wording.Duration(impact) : known ? "none" : "", "first bad window - first applied");
        yield return new Row("Time to detect", Wording.Censored(fault.TimeToDetect, fault.UndetectedFor), fault.DetectedBy is { } by
            ? $"detected - first bad window; by {by} ({fault.DetectedByKind}), {Seconds(fault.DetectedAfterInjection)} after the injection"
            : "detected - first bad window; nobody noticed it, counted from the injection");
        yield return new Row("Time to mitigate", Wording.Censored(fault.TimeToMitigate, fault.NotMitigatedFor),
            "end of the last bad window while it was active - first bad window");
        yield return new Row("Mitigation reported", Seconds(fault.TimeToMitigationReport), $"said to be dealt with - first bad window; by {fault.MitigatedBy}");
        yield return new Row("Time to recover", Wording.Censored(fault.TimeToRecover, fault.NotRecoveredFor), "steady again - first bad window");
        yield return new Row("Residual recovery", Wording.Censored(fault.ResidualRecovery, fault.Censored), "steady again - verified removed");
    }

    private static IEnumerable<Row> Costs(FaultSummary fault)
    {
        if (fault.Impact is not { } impact)
        {
            yield break;
        }

        var least = impact.Censored ? "> " : "";
        yield return new Row("Goodput lost", impact.GoodputLost is { } lost
            ? $"{least}{Wording.Number(lost)} requests{(impact.GoodputLostShare is { } part ? $" ({Wording.Percent(part)})" : "")}" : "",
            "sum over windows of max(0, g0 x offered - good); share of g0 x offered");
        yield return new Row("Burn rate", impact.BurnRate is { } burn ? $"{Wording.Number(burn)} x" : "", impact.Slo is { } slo
            ? $"(bad / total) / (1 - {Wording.Percent(slo)}) over {Wording.Duration(impact.Span)}" : "");
        yield return new Row("Error budget used", impact.BudgetMinutes is { } minutes
            ? $"{least}{Wording.Duration(minutes * 60)}{(impact.BudgetShareOf30Days is { } share ? $" ({Wording.Percent(share)} of 30 days)" : "")}" : "",
            "bad / offered rate: full outage that would cost as much at this rate");
        yield return new Row("Blast radius", Pair(impact.BlastRadiusIntended, impact.BlastRadiusObserved),
            "intended: selected / eligible units; observed: bad share of requests above the baseline's");
        yield return new Row("Bystander harm", impact.BystanderHarm is { } harm ? Wording.Quantity(harm * 100, "pp") : "",
            string.Create(CultureInfo.InvariantCulture, $"bad share of {impact.Bystanders} requests that were no victims - that of the baseline"));
        yield return new Row("Containment", impact.Containment is { } kept ? Wording.Percent(kept) : "", "extra bad victims / all extra bad requests");
        yield return new Row("Amplification", impact.Amplification is { } more ? $"{Wording.Number(more)} x" : "",
            "attempts per request while it was active / in the baseline phase");
        yield return new Row("Wasted tokens", Count(impact.WastedTokens) + (impact.WastedCost is { } cost ? $", {Wording.Number(cost)} in money" : ""),
            "generated for requests that did not complete");
        yield return new Row("Exposure", impact is { Exposure: { } seen, ExposureInterval: { Low: { } low, High: { } high } }
            ? $"{Wording.Percent(seen)} ({Wording.Percent(low)} to {Wording.Percent(high)})" : "",
            $"applied / eligible units, Wilson's interval at 95 %; {Wording.Percent(impact.ExposureConfigured)} was asked for");
        if (fault.Canaries is { } canaries)
        {
            yield return new Row("Canaries right", $"{Of(canaries.Before)} before, {Of(canaries.During)} during, {Of(canaries.After)} after",
                Count(canaries.SilentlyWrong) + " silently wrong while it was active");
        }
    }

    private static string Pair(double? intended, double? observed) => intended is null && observed is null ? ""
        : $"{(intended is { } meant ? Wording.Percent(meant) : "unknown")} intended, {(observed is { } seen ? Wording.Percent(seen) : "unknown")} observed";

    private static string Of(CanaryShare share) => $"{Count(share.Right)}/{Count(share.Asked)}";

    private static string Seconds(double? seconds) => seconds is { } known ? Wording.Duration(known) : "";

    private static string Count(long number) => number.ToString(CultureInfo.InvariantCulture);
}
