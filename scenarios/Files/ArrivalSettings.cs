using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Arrival processes that came after the first three, as JSON for the manifest: rates per second, durations in seconds.
/// </summary>
internal static class ArrivalSettings
{
    public static JsonObject Of(ArrivalProcess process) => process switch
    {
        ArrivalProcess.Shaped shaped => Of(shaped),
        ArrivalProcess.Clients clients => new JsonObject { ["clients"] = new JsonArray([.. clients.Each.Select(Of)]) },
        ArrivalProcess.Replay replay => new JsonObject { ["replay"] = replay.Trace.Name, ["speed"] = replay.Speed },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonObject Of(ArrivalProcess.Shaped shaped)
    {
        var (law, shape) = shaped.Gaps switch
        {
            GapLaw.Equal => ("constant", (double?)null),
            GapLaw.Poisson => ("poisson", null),
            GapLaw.Gamma gamma => ("gamma", gamma.Shape),
            GapLaw.Weibull weibull => ("weibull", weibull.Shape),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var (key, profile) = Of(shaped.Profile);
        var settings = new JsonObject { ["arrivals"] = law, [key] = profile };
        if (shape is { } known)
        {
            settings["shape"] = known;
        }

        return settings;
    }

    private static (string Key, JsonNode Value) Of(RateProfile profile) => profile switch
    {
        RateProfile.Flat flat => ("rate", flat.Rate.PerSecond),
        RateProfile.Ramp ramp => ("ramp", new JsonObject { ["from"] = ramp.From.PerSecond, ["to"] = ramp.To.PerSecond }),
        RateProfile.Step step => ("step", new JsonObject
        {
            ["from"] = step.From.PerSecond, ["to"] = step.To.PerSecond, ["at"] = step.At.TotalSeconds,
        }),
        RateProfile.Spike spike => ("spike", new JsonObject
        {
            ["base"] = spike.Base.PerSecond, ["peak"] = spike.Peak.PerSecond, ["at"] = spike.At.TotalSeconds, ["for"] = spike.For.TotalSeconds,
        }),
        RateProfile.Sine sine => ("sine", new JsonObject
        {
            ["mean"] = sine.Mean.PerSecond, ["amplitude"] = sine.Amplitude.PerSecond, ["period"] = sine.Period.TotalSeconds,
        }),
        RateProfile.Stages stages => ("stages", new JsonArray([.. stages.Each.Select(stage => (JsonNode)new JsonObject
        {
            ["for"] = stage.For.TotalSeconds, ["from"] = stage.From.PerSecond, ["to"] = stage.To.PerSecond,
        })])),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
