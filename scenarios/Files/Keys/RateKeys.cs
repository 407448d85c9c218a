using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>How the rate of an open workload goes over the run: the keys beside <c>rate:</c>.</summary>
internal static class RateKeys
{
    private static readonly Key<Rate> RampFrom = new("from", Scalars.RateOrNone, "At the start of the run.")
        { Default = "0/s", Example = "5/s" };
    private static readonly Key<Rate> RampTo = new("to", Scalars.RateOrNone, "At its end.") { Required = true, Example = "80/s" };

    private static readonly Table<RateProfile> RampTable = new(
        "ramp", "a ramp", "A straight line from one rate to another over the whole run.", [RampFrom, RampTo],
        keys => new RateProfile.Ramp(keys.Get(RampFrom), keys.Get(RampTo)));

    private static readonly Key<Rate> StepFrom = new("from", Scalars.RateOrNone, "Until then.")
        { Required = true, Example = "10/s" };
    private static readonly Key<Rate> StepTo = new("to", Scalars.RateOrNone, "From then on.")
        { Required = true, Example = "40/s" };
    private static readonly Key<TimeSpan> StepAt = new("at", Scalars.Limit, "From the start of the run.")
        { Required = true, Example = "20s" };

    private static readonly Table<RateProfile> StepTable = new(
        "step", "a step", "One rate, and from an instant on another.", [StepFrom, StepTo, StepAt],
        keys => new RateProfile.Step(keys.Get(StepFrom), keys.Get(StepTo), keys.Get(StepAt)));

    private static readonly Key<Rate> SpikeBase = new("base", Scalars.RateOrNone, "Before and after.")
        { Required = true, Example = "10/s" };
    private static readonly Key<Rate> SpikePeak = new("peak", Scalars.Rate, "During the spike.")
        { Required = true, Example = "100/s" };
    private static readonly Key<TimeSpan> SpikeAt = new("at", Scalars.Limit, "From the start of the run.")
        { Required = true, Example = "20s" };
    private static readonly Key<TimeSpan> SpikeFor = new("for", Scalars.Limit, "Its length.") { Required = true, Example = "5s" };

    private static readonly Table<RateProfile> SpikeTable = new(
        "spike", "a spike", "One rate, and for a while another.", [SpikeBase, SpikePeak, SpikeAt, SpikeFor],
        keys => new RateProfile.Spike(keys.Get(SpikeBase), keys.Get(SpikePeak), keys.Get(SpikeAt), keys.Get(SpikeFor)));

    private static readonly Key<Rate> Mean = new("mean", Scalars.Rate, "In the middle of the wave, where it starts.")
        { Required = true, Example = "20/s" };
    private static readonly Key<Rate> Amplitude = new("amplitude", Scalars.Rate, "From the middle to the top; at most the mean.")
        { Required = true, Example = "15/s" };
    private static readonly Key<TimeSpan> Period = new("period", Scalars.Limit, "From top to top.")
        { Required = true, Example = "60s" };

    private static readonly Table<RateProfile> SineTable = new(
        "sine", "a wave", "A rate that rises and falls as a sine, like day and night.", [Mean, Amplitude, Period], keys =>
        {
            var sine = new RateProfile.Sine(keys.Get(Mean), keys.Get(Amplitude), keys.Get(Period));
            if (keys.IsSound && sine.Amplitude.PerSecond > sine.Mean.PerSecond)
            {
                keys.Report(Amplitude, $"an amplitude of {sine.Amplitude} around a mean of {sine.Mean}: the rate would fall below nothing",
                    $"write at most {sine.Mean}");
            }

            return sine;
        });

    private static readonly Key<TimeSpan> StageFor = new("for", Scalars.Limit, "Length of the stage.")
        { Required = true, Example = "20s" };
    private static readonly Key<Rate> StageRate = new("rate", Scalars.RateOrNone, "Held through the stage.") { Example = "10/s" };
    private static readonly Key<Rate> StageTo = new(
        "to", Scalars.RateOrNone, "Reached at its end, in a straight line from the rate before.")
        { Example = "40/s" };

    private static readonly Table<StageLine> StageTable = new(
        "stage", "a stage", "A part of the run: a rate that is held, or one that is reached.", [StageFor, StageRate, StageTo], keys =>
        {
            if (keys.Has(StageRate) == keys.Has(StageTo))
            {
                keys.Reading.Report(keys.Place, keys.Has(StageTo) ? "a stage with rate: and to:" : "a stage without a rate",
                    "write rate: to hold one, or to: to reach one");
            }

            return new StageLine(keys.Get(StageFor), keys.Maybe(StageRate), keys.Maybe(StageTo));
        });

    public static readonly Key<RateProfile> Ramp = new(
        "ramp", RampTable, "A straight line from one rate to another over the whole run.")
        { Example = "{ from: 5/s, to: 80/s }" };
    public static readonly Key<RateProfile> Step = new("step", StepTable, "One rate, and from an instant on another.")
        { Example = "{ from: 10/s, to: 40/s, at: 20s }" };
    public static readonly Key<RateProfile> Spike = new("spike", SpikeTable, "One rate, and for a while another.")
        { Example = "{ base: 10/s, peak: 100/s, at: 20s, for: 5s }" };
    public static readonly Key<RateProfile> Sine = new("sine", SineTable, "A rate that rises and falls as a sine.")
        { Example = "{ mean: 20/s, amplitude: 15/s, period: 60s }" };
    public static readonly Key<RateProfile> Stages = new(
        "stages", new CheckedKind<IReadOnlyList<StageLine>, RateProfile>(
            new ListOf<StageLine>(StageTable, "stages", 1, 1_000), static (lines, _, _) => new RateProfile.Stages(Stretched(lines))),
        "One after another; the last rate stays.")
        { Example = "[{ for: 10s, rate: 10/s }, { for: 20s, to: 40/s }]" };

    public static IReadOnlyList<Key<RateProfile>> All { get; } = [Ramp, Step, Spike, Sine, Stages];

    /// <summary>A stage that reaches a rate begins at the one before; the first at nothing.</summary>
    private static List<RateStage> Stretched(IReadOnlyList<StageLine> lines)
    {
        var stages = new List<RateStage>(lines.Count);
        foreach (var line in lines)
        {
            var to = line.Rate ?? line.To ?? default;
            stages.Add(new RateStage(line.For, line.Rate ?? (stages.Count == 0 ? default : stages[^1].To), to));
        }

        return stages;
    }

    private sealed record StageLine(TimeSpan For, Rate? Rate, Rate? To);
}
