using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>Arrival processes in words: <c>gamma (CV 2), stages 10/s for 10s, to 40/s over 20s</c>.</summary>
internal static class ArrivalWords
{
    public static string Of(ArrivalProcess process) => process switch
    {
        ArrivalProcess.Constant constant => $"constant {constant.Rate}",
        ArrivalProcess.Poisson poisson => $"Poisson {poisson.Rate}",
        ArrivalProcess.Ramp ramp => $"ramp {ramp.From} to {ramp.To}",
        ArrivalProcess.Shaped shaped => $"{Law(shaped.Gaps)} {Profile(shaped.Profile)}",
        ArrivalProcess.Clients clients => Clients(clients.Each),
        ArrivalProcess.Replay replay => replay.Speed == 1
            ? $"replay of {replay.Trace.Name} as fast as recorded"
            : FormattableString.Invariant($"replay of {replay.Trace.Name} at {replay.Speed:0.###} times its speed"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Clients(IReadOnlyList<ArrivalProcess.Shaped> clients)
    {
        const int Shown = 5;
        var kinds = clients.CountBy(client => client).ToList();
        var words = kinds.Take(Shown).Select(kind => FormattableString.Invariant($"{kind.Value} x {Of(kind.Key)}"));
        return FormattableString.Invariant(
            $"{clients.Count} clients: ") + string.Join("; ", words) + (kinds.Count > Shown ? "; ..." : "");
    }

    private static string Law(GapLaw law) => law switch
    {
        GapLaw.Equal => "constant",
        GapLaw.Poisson => "Poisson",
        GapLaw.Gamma gamma => FormattableString.Invariant($"gamma (CV {1 / Math.Sqrt(gamma.Shape):0.##})"),
        GapLaw.Weibull weibull => FormattableString.Invariant($"Weibull (CV {RenewalProcess.WeibullCv(weibull.Shape):0.##})"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Profile(RateProfile profile) => profile switch
    {
        RateProfile.Flat flat => flat.Rate.ToString(),
        RateProfile.Ramp ramp => $"ramp {ramp.From} to {ramp.To} over the run",
        RateProfile.Step step => $"{step.From}, from {Seconds(step.At)} on {step.To}",
        RateProfile.Spike spike => $"{spike.Base}, but {spike.Peak} from {Seconds(spike.At)} for {Seconds(spike.For)}",
        RateProfile.Sine sine => $"{sine.Mean} +/- {sine.Amplitude}, a wave every {Seconds(sine.Period)}",
        RateProfile.Stages stages => "stages " + string.Join(", ", stages.Each.Take(12).Select(stage => stage.From == stage.To
            ? $"{stage.To} for {Seconds(stage.For)}"
                : $"{stage.From} to {stage.To} over {Seconds(stage.For)}")) + (stages.Each.Count > 12 ? ", ..." : ""),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###}s");
}
