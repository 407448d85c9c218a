using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Reports.Statistics.Trends;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// <c>memory_slope</c>: how fast the memory of what serves grows at a steady load, warm-up left out. Theil and Sen's slope over medians of short
/// windows, because neighbouring samples are alike, and beside it the slope of the lowest value of each window: a collector makes a saw-tooth, and
/// only what it cannot take back lifts the floor. Both must say so.
/// </summary>
internal static class MemoryJudge
{
    /// <summary>A shorter look sees the warm-up of heaps and caches, not a leak; so does the beginning of a longer one.</summary>
    private const double FewestSeconds = 300;
    private const double LeftOut = 0.25;

    /// <summary>Medians over which the line is laid.</summary>
    private const int Windows = 24;

    /// <summary>Floors: long enough for a collection or two in each.</summary>
    private const int Floors = 6;

    public static Ruling Decide(Objective objective, Measurements run)
    {
        var samples = run.Generator.Where(sample => sample.Memory is not null && run.WindowsOf(objective.Phase).Any(window => sample.At >= window.Start && sample.At < window.End))
            .Select(sample => (At: Nanos.ToSeconds(sample.At), Bytes: (double)sample.Memory!.Value)).ToList();
        var span = samples.Count == 0 ? 0 : samples[^1].At - samples[0].At;
        if (samples.Count == 0)
        {
            return Ruling.Undecided(
                ReasonCodes.NotMeasured, "Nobody could see the memory of what serves: it is on another machine. Serve the model in this run (type: onnx), or start the server with command:.");
        }

        if (span < FewestSeconds)
        {
            return Ruling.Undecided(
                ReasonCodes.TooFewSamples,
                $"Memory was seen for {Wording.Duration(span)}{Wording.Where(objective)}; below {Wording.Duration(FewestSeconds)} a heap that warms up looks like a leak. Run longer.") with { Samples = samples.Count };
        }

        samples = samples.FindAll(sample => sample.At >= samples[0].At + (LeftOut * span));
        span = samples[^1].At - samples[0].At;
        var (times, values) = Medians(samples, span / Windows);
        var growth = MemoryGrowth.Of(times, values, span / Floors, (2 * AbsoluteJudge.Confidence) - 1);
        return growth.IsKnown ? Ruled(objective, growth.Value, samples)
            : Ruling.Undecided(ReasonCodes.TooFewSamples, $"The growth of memory cannot be told: {growth.Lack!.Reason}.") with { Samples = samples.Count };
    }

    private static Ruling Ruled(Objective objective, MemoryGrowth growth, List<(double At, double Bytes)> samples)
    {
        var above = growth.Against(objective.Limit);
        var ceiling = objective.Comparison is Comparison.Less or Comparison.LessOrEqual;
        var verdict = above == 0 ? FindingVerdict.Inconclusive : (above > 0) == ceiling ? FindingVerdict.Fail : FindingVerdict.Pass;
        string Rate(double value) => Wording.Quantity(value, "B/s");
        var seen = $"The memory of what serves went from {Wording.Number(samples[0].Bytes / (1 << 20))} to {Wording.Number(samples[^1].Bytes / (1 << 20))} MiB in {Wording.Duration(samples[^1].At - samples[0].At)}{Wording.Where(objective)}: "
            + $"{Rate(growth.Slope.Slope)}, somewhere from {Rate(growth.Slope.Low)} to {Rate(growth.Slope.High)}, its floor {Rate(growth.FloorSlope)}; {Wording.Asks(objective, "B/s")}";
        return new Ruling
        {
            Verdict = verdict,
            ReasonCode = verdict switch { FindingVerdict.Pass => ReasonCodes.Held, FindingVerdict.Fail => ReasonCodes.Broken, _ => ReasonCodes.Straddles },
            Advice = verdict == FindingVerdict.Inconclusive ? $"{seen}, too close to tell with 95 % confidence. A longer run would narrow it." : $"{seen}.",
            Observed = growth.Slope.Slope,
            Samples = samples.Count,
            Interval = new Interval(growth.Slope.Low, growth.Slope.High, AbsoluteJudge.Confidence, "theil-sen of window medians"),
        };
    }

    private static (double[] Times, double[] Values) Medians(List<(double At, double Bytes)> samples, double length)
    {
        var windows = samples.GroupBy(sample => (int)((sample.At - samples[0].At) / length)).ToList();
        return (
            [.. windows.Select(window => window.Average(sample => sample.At))],
            [.. windows.Select(window => QuantileEstimators.Of([.. window.Select(sample => sample.Bytes)], 0.5).Value)]);
    }
}
