using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>
/// What may stand under <c>open:</c>: a law of gaps with a rate or a profile of it, several clients, or the replay of a trace.
/// </summary>
internal static class ArrivalKeys
{
    private static readonly Key<string> Arrivals = new(
        "arrivals", Scalars.Choice(
            "an arrival process", ("poisson", "poisson"), ("constant", "constant"), ("ramp", "ramp"), ("gamma", "gamma"), ("weibull", "weibull")),
        "poisson: independent exponential gaps. constant: equal gaps. gamma, weibull: bursts, as cv says. ramp: equal gaps, from: one rate to: another.")
        { Default = "poisson" };

    private static readonly Key<Rate> Rate = new("rate", Scalars.Rate, "For all but ramp arrivals: the same through the run.")
        { Example = "40/s" };
    private static readonly Key<Rate> From = new("from", Scalars.Rate, "Rate at the start of ramp arrivals.") { Example = "5/s" };
    private static readonly Key<Rate> To = new("to", Scalars.Rate, "Rate at the end of ramp arrivals.") { Example = "80/s" };
    private static readonly Key<double> Cv = new(
        "cv", Scalars.Number(0.1, 10), "Coefficient of variation of gamma and weibull gaps: 1 is poisson, above it come bursts.")
        { Example = "2.5" };

    private static readonly Key<int> Count = new("count", Scalars.Count(1, 10_000), "How many such clients.") { Default = "1" };

    private static readonly Table<IReadOnlyList<ArrivalProcess.Shaped>> ClientTable = new(
        "arrivalClient", "a client", "One of several independent sources of requests.",
        [Arrivals, Rate, From, To, Cv, Count, .. RateKeys.All], static keys => Client(keys));

    private static readonly Key<IReadOnlyList<IReadOnlyList<ArrivalProcess.Shaped>>> Clients = new(
        "clients", new ListOf<IReadOnlyList<ArrivalProcess.Shaped>>(ClientTable, "clients", 1, 1_000),
        "Sources that know nothing of each other, each with its own rate and bursts; what arrives is all of it together.")
        { Example = "[{ rate: 2/s, count: 10 }, { arrivals: gamma, cv: 4, rate: 5/s }]" };

    private static readonly Key<PromptSet.Traced> Replay = new(
        "replay", new CheckedKind<PromptSet, PromptSet.Traced>(
            new ReferenceTo<PromptSet>(static reading => reading.Prompts, "prompt set"),
            static (set, _, _) => set is PromptSet.Traced traced
                ? traced
                : new Flaw($"the prompt set {Shown.Quoted(set.Name)} is no trace", "name one that has trace:")),
        "Requests at the recorded instants of a prompt set that has trace:. A line of the mix that names this set asks what was recorded there.")
        { Example = "chat" };

    private static readonly Key<double> Speed = new(
        "speed", Scalars.Number(0.001, 100_000), "Of a replay: 10 is ten times as fast as recorded.")
        { Default = "1" };

    private static readonly Key<bool> Sessions = new(
        "sessions", Scalars.Bool,
        "Whole conversations arrive: each later turn is sent after the answers that it waits for, and carries them. Needs a prompt set with trace:.")
        { Default = "false", Example = "true" };

    private static readonly Key<TimeSpan> ThinkTime = new(
        "thinkTime", Scalars.Duration, "Of sessions: pause after each answer, instead of the recorded one.") { Example = "2s" };

    private static readonly Key[] Sources = [Rate, .. RateKeys.All, Clients, Replay];

    public static Table<Workload> Table { get; } = new(
        "openWorkload", "an open workload", "Arrivals at planned instants, whatever the target does.",
        [Arrivals, Rate, From, To, Cv, .. RateKeys.All, Clients, Replay, Speed, Sessions, ThinkTime], WithSessions);

    private static Workload.Open WithSessions(KeyReader keys)
    {
        if (keys.Has(ThinkTime) && !keys.Has(Sessions))
        {
            keys.Report(ThinkTime, "thinkTime means nothing without sessions: true", "write sessions: true, or leave it out");
        }

        return Open(keys) with { Sessions = keys.Get(Sessions), ThinkTime = keys.Has(ThinkTime) ? keys.Get(ThinkTime) : null };
    }

    private static Workload.Open Open(KeyReader keys)
    {
        if (keys.Has(Replay) || keys.Has(Clients))
        {
            CheckAlone(keys);
        }
        else if (keys.Has(Speed))
        {
            keys.Report(Speed, "speed means nothing without a replay", "write replay: and the name of a prompt set with trace:");
        }

        if (keys.Has(Replay))
        {
            return new Workload.Open(new ArrivalProcess.Replay(keys.Get(Replay), keys.Get(Speed)));
        }

        if (keys.Has(Clients))
        {
            var clients = keys.Get(Clients)?.SelectMany(client => client ?? []).ToList() ?? [];
            return new Workload.Open(new ArrivalProcess.Clients(clients));
        }

        return new Workload.Open(Process(keys));
    }

    private static IReadOnlyList<ArrivalProcess.Shaped> Client(KeyReader keys)
    {
        var shaped = Process(keys) switch
        {
            ArrivalProcess.Shaped one => one,
            ArrivalProcess.Constant constant => new ArrivalProcess.Shaped(new RateProfile.Flat(constant.Rate), GapLaw.Even),
            ArrivalProcess.Poisson poisson => new ArrivalProcess.Shaped(new RateProfile.Flat(poisson.Rate), GapLaw.Exponential),
            ArrivalProcess.Ramp ramp => new ArrivalProcess.Shaped(new RateProfile.Ramp(ramp.From, ramp.To), GapLaw.Even),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return [.. Enumerable.Repeat(shaped, Math.Max(1, keys.Get(Count)))];
    }

    private static ArrivalProcess Process(KeyReader keys)
    {
        var arrivals = keys.Get(Arrivals);
        var profile = RateKeys.All.FirstOrDefault(keys.Has);
        Check(keys, arrivals, profile);
        if (profile is null)
        {
            switch (arrivals)
            {
                case "ramp":
                    return new ArrivalProcess.Ramp(keys.Get(From), keys.Get(To));
                case "constant":
                    return new ArrivalProcess.Constant(keys.Get(Rate));
                case "poisson":
                    return new ArrivalProcess.Poisson(keys.Get(Rate));
            }
        }

        var cv = keys.Maybe(Cv) ?? 1;
        var law = arrivals switch
        {
            "constant" => GapLaw.Even,
            "gamma" => GapLaw.OfGamma(1 / (cv * cv)),
            "weibull" => GapLaw.OfWeibull(RenewalProcess.WeibullShape(cv)),
            _ => GapLaw.Exponential,
        };
        return new ArrivalProcess.Shaped(profile is null ? new RateProfile.Flat(keys.Get(Rate)) : keys.Get(profile), law);
    }

    private static void Check(KeyReader keys, string? arrivals, Key? profile)
    {
        if (arrivals is null)
        {
            return;
        }

        var isRamp = arrivals == "ramp";
        Key[] needed = isRamp ? [From, To] : profile is not null ? [] : [Rate];
        Key[] unused = isRamp ? [Rate, .. RateKeys.All] : [From, To];
        foreach (var key in needed.Where(key => !keys.Has(key)))
        {
            keys.Reading.Report(keys.Place, $"{arrivals} arrivals have no {key.Name}", $"add {key.Name}: {key.Example}");
        }

        foreach (var key in unused.Where(keys.Has))
        {
            keys.Report(key, $"{key.Name} means nothing to {arrivals} arrivals", isRamp
                ? "write from: and to:" : "write rate:, or arrivals: ramp");
        }

        Key[] rates = [Rate, .. RateKeys.All];
        if (!isRamp && rates.Where(keys.Has).ToList() is [var one, var other, ..])
        {
            keys.Report(other, $"{other.Name}: beside {one.Name}:", $"keep one of {Shown.Or(rates.Select(key => key.Name))}");
        }

        var isBursty = arrivals is "gamma" or "weibull";
        if (isBursty != keys.Has(Cv))
        {
            if (keys.Has(Cv))
            {
                keys.Report(Cv, $"cv means nothing to {arrivals} arrivals", "write arrivals: gamma or arrivals: weibull");
            }
            else
            {
                keys.Reading.Report(keys.Place, $"{arrivals} arrivals have no cv", $"add cv: {Cv.Example}");
            }
        }
    }

    private static void CheckAlone(KeyReader keys)
    {
        Key[] others = [Arrivals, From, To, Cv, .. Sources];
        var main = keys.Has(Replay) ? (Key)Replay : Clients;
        foreach (var key in others.Where(key => key != main && keys.Has(key)))
        {
            keys.Report(key, $"{key.Name}: beside {main.Name}:", main == Replay
                ? "a replay has the trace's own instants: keep one of them"
                : "each client has its own: move it there");
        }

        if (main == Clients && keys.Has(Speed))
        {
            keys.Report(Speed, "speed means nothing without a replay", "change the clients' rates");
        }
    }
}
