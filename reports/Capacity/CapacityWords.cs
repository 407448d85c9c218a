using System.Globalization;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Reports.Capacity;

/// <summary>The sentences of a capacity search, the same on a terminal, in Markdown and on the page.</summary>
public static class CapacityWords
{
    public static string Name(CapacitySeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return Name(series.Target, series.Replicas, series.LostNodes);
    }

    /// <summary><c>triage-v1, 1 of 2 replicas lost</c>.</summary>
    public static string Name(string target, int? replicas, int lost) => (replicas, lost) switch
    {
        (null, _) => target,
        ({ } all, 0) => string.Create(CultureInfo.InvariantCulture, $"{target}, {all} replica{(all == 1 ? "" : "s")}"),
        ({ } all, _) => string.Create(CultureInfo.InvariantCulture, $"{target}, {lost} of {all} replicas lost"),
    };

    /// <summary>One line for a probe that has ended.</summary>
    public static string Of(CapacityProbe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var verdict = probe.Verdict switch
        {
            ProbeVerdict.Holds => "holds",
            ProbeVerdict.Fails => "fails",
            ProbeVerdict.Undecided => "undecided",
            ProbeVerdict.GeneratorLimited => "inconclusive",
            _ => "stopped",
        };
        return $"{Wording.Number(probe.Rate)}/s {verdict}: {probe.Why}";
    }

    /// <param name="last">The probe that ended the search.</param>
    public static string Sentence(CapacityEnding ending, CapacitySearch search, CapacityProbe? last)
    {
        ArgumentNullException.ThrowIfNull(search);
        var known = search.Highest is { } held ? $"up to {Rate(held)} is known to hold" : "no rate is known to hold";
        return ending switch
        {
            CapacityEnding.Found => $"{Rate(search.Highest!.Value)} holds, {Rate(search.Limit)} does not.",
            CapacityEnding.AtLeast => $"At least {Rate(search.Highest!.Value)}, the highest rate that was to be tried.",
            CapacityEnding.NotMet => $"The objectives are not met at any rate tried, down to {Rate(search.Limit)}.",
            CapacityEnding.GeneratorLimited =>
                $"The generator, not the target, is the limit at {Rate(last!.Rate)}: {last.Why}; {known}.",
            CapacityEnding.NotSettled => $"The target did not come to rest after {Rate(last!.Rate)}; {known}.",
            CapacityEnding.Unsteady => $"Equal rates hold and fail by turns after {CapacitySearch.MostProbes} probes; {known}.",
            _ => $"Stopped; {known}.",
        };
    }

    /// <summary>What was found, for all series.</summary>
    public static string Headline(IReadOnlyList<CapacitySeries> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return string.Join(" ", series.Select(one => $"{Name(one)}: {Short(one, series)}."));
    }

    private static string Short(CapacitySeries one, IReadOnlyList<CapacitySeries> all)
    {
        var whole = all.FirstOrDefault(other => other.Target == one.Target && other.LostNodes == 0 && other != one)?.Capacity;
        var share = whole is { } n && one.Capacity is { } left ? $" ({Wording.Percent(left / n)} of it)" : "";
        return (one.Ending, one.Capacity) switch
        {
            (CapacityEnding.Found, { } rate) => Rate(rate) + share,
            (CapacityEnding.AtLeast, { } rate) => $"at least {Rate(rate)}",
            (CapacityEnding.NotMet, _) => "the objectives are not met at any rate tried",
            (CapacityEnding.GeneratorLimited, { } rate) => $"at least {Rate(rate)}, then the generator was the limit",
            (CapacityEnding.GeneratorLimited, _) => "the generator was the limit",
            (_, { } rate) => $"not found, {Rate(rate)} holds",
            _ => "not found",
        };
    }

    private static string Rate(double rate) => Wording.Number(rate) + "/s";
}
