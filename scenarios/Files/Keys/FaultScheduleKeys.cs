using System.Globalization;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>The keys of a fault that say when within its time it acts, how strongly, and what starts or ends it.</summary>
internal static class FaultScheduleKeys
{
    private const string ConditionExample = "\"error_rate > 20% for 2s\"";

    private static readonly Key<int> BurstWindows =
        new("windows", Scalars.Count(1, 1_000), "How many windows.") { Required = true, Example = "3" };
    private static readonly Key<TimeSpan> Length =
        new("for", Scalars.Limit, "Length of one window.") { Required = true, Example = "1s" };
    private static readonly Key<TimeSpan> Every =
        new("every", Scalars.Limit, "From the start of one window to the start of the next.") { Required = true, Example = "4s" };

    private static readonly Table<FaultRepeat> BurstTable = new(
        "burst", "a burst", "Several windows at equal distances.", [BurstWindows, Length, Every],
        keys => new FaultRepeat.Burst(keys.Get(BurstWindows), keys.Get(Every)) { For = keys.Get(Length) });

    private static readonly Key<TimeSpan> Mean =
        new("mean", Scalars.Limit, "Mean gap between two windows.") { Required = true, Example = "4s" };

    private static readonly Table<FaultRepeat> PoissonTable = new(
        "poissonWindows", "a row of poisson windows", "Windows at random instants that the seed draws; plan lists them.", [Mean, Length],
        keys => new FaultRepeat.Poisson(keys.Get(Mean)) { For = keys.Get(Length) });

    private static readonly Key<string> Of =
        new("of", Scalars.Name, "share, or a numeric parameter of the fault.") { Default = FaultRamp.Share };
    private static readonly Key<Node> From = new("from", new AnyNode(), "Value at the start.") { Required = true, Example = "0%" };
    private static readonly Key<Node> To = new("to", new AnyNode(), "Value at the end.") { Required = true, Example = "50%" };
    private static readonly Key<int> Steps =
        new("steps", Scalars.Count(2, 100), "Of a parameter: so many windows of equal length.") { Default = "10" };

    private static readonly Table<RampLine> RampTable = new(
        "faultRamp", "a ramp", "A strength that changes over the fault's time.", [Of, From, To, Steps],
        keys => new RampLine(keys.Get(Of), keys.Get(From), keys.Get(To), keys.Get(Steps), keys.PlaceOf(Of)));

    private static readonly Key<string> TriggerFault =
        new("fault", Scalars.Name, "Id of another fault of the scenario.") { Required = true, Example = "lose-a-node" };
    private static readonly Key<FaultMoment> Event = new("event", Scalars.Choice(
        "an event", ("started", FaultMoment.Started), ("ended", FaultMoment.Ended), ("healed", FaultMoment.Healed), ("detected", FaultMoment.Detected)),
        "The moment in its life.") { Default = "healed" };
    private static readonly Key<TimeSpan> Delay = new("delay", Scalars.Duration, "So long after that.") { Default = "0s" };

    private static readonly Table<FaultTrigger> AfterTable = new(
        "after", "a trigger", "What happens to another fault starts this one.", [TriggerFault, Event, Delay],
        keys => new FaultTrigger(keys.Get(TriggerFault), keys.Get(Event), keys.Get(Delay)));

    private static readonly Key<FaultRepeat> Burst = new("burst", BurstTable, "Several windows at equal distances.")
        { Example = "{ windows: 3, for: 1s, every: 4s }" };
    private static readonly Key<FaultRepeat> Poisson = new("poisson", PoissonTable, "Windows at random instants that the seed draws.")
        { Example = "{ mean: 4s, for: 500ms }" };
    private static readonly Key<RampLine> Ramp = new("ramp", RampTable, "A share or a parameter that changes over the fault's time.")
        { Example = "{ from: 0%, to: 50% }" };
    private static readonly Key<IReadOnlyList<int>> Nth = new(
        "nth", new ListOf<int>(Scalars.Count(1, 1_000_000), "numbers", 1, 1_000, orOne: true),
        "Only these of the requests that it could hit, numbered from 1 in the order of the plan: 1 is once.") { Example = "1" };
    private static readonly Key<AbortCondition> Until = new("until", ObjectiveKeys.LiveCondition("a condition", ConditionExample),
        "It ends when this holds on the answers of the last seconds (default: for 5s), and at the end of its time at the latest.")
        { Example = ConditionExample };
    private static readonly Key<FaultTrigger> After = new("after", AfterTable, "In place of at: what happens to another fault starts it.")
        { Example = "{ fault: lose-a-node, event: healed, delay: 2s }" };

    private static readonly Key<bool> GameDay = new(
        "gameDay", Scalars.Choice("an answer", ("pause", true), ("run", false)),
        "Whether run --game-day waits for a person before it. Left out: before faults on nodes, models, resources and dependencies.")
        { Example = "pause" };

    public static IReadOnlyList<Key> All { get; } = [Burst, Poisson, Ramp, Nth, Until, After, GameDay];

    /// <summary>Null: the file does not say.</summary>
    public static bool? PausesOnGameDay(KeyReader keys, FaultKind? kind, FaultSchedule schedule)
    {
        var pauses = keys.Maybe(GameDay);
        if (pauses == true && kind is not null && !CanMove(kind, schedule))
        {
            keys.Report(GameDay, $"the plan fixes the victims of {kind.Name} before the run, so that it cannot wait", "remove gameDay:");
        }

        return kind is not null && !CanMove(kind, schedule) ? false : pauses;
    }

    /// <summary>Its victims do not depend on its time.</summary>
    private static bool CanMove(FaultKind kind, FaultSchedule schedule) =>
        kind.Vantage != Vantage.Input && schedule.Nth.Count == 0 && schedule.Ramp is not { IsOfShare: true };

    /// <param name="kind">Null: the fault is unknown, which was reported.</param>
    /// <param name="at">The key of the fault's start.</param>
    public static FaultSchedule Read(KeyReader keys, FaultKind? kind, Key at, Key share)
    {
        var (burst, poisson) = (keys.Find(Burst), keys.Find(Poisson));
        var schedule = new FaultSchedule
        {
            Repeat = burst ?? poisson,
            Ramp = keys.Find(Ramp) is { } line && kind is not null ? RampOf(line, kind, keys) : null,
            Nth = keys.Find(Nth) ?? [],
            Until = keys.Find(Until),
            After = keys.Find(After),
        };
        OnlyOne(keys, Poisson, Burst, "a fault has one row of windows");
        OnlyOne(keys, After, at, "the other fault decides when this one starts");
        OnlyOne(keys, Nth, share, "numbered requests are hit for certain");
        OnlyOne(keys, Nth, Ramp, "numbered requests are hit for certain");
        if (schedule.Ramp is { IsOfShare: true })
        {
            OnlyOne(keys, Ramp, share, "the ramp is of the share");
        }
        else if (schedule.Ramp is not null)
        {
            OnlyOne(keys, Ramp, Burst, "a ramp of a parameter makes windows itself");
            OnlyOne(keys, Ramp, Poisson, "a ramp of a parameter makes windows itself");
        }

        if (burst is FaultRepeat.Burst rows && rows.Every < rows.For)
        {
            keys.Report(Burst, "the windows of the burst overlap", "write every: longer than for:");
        }

        if (kind is not null)
        {
            CheckScope(keys, kind, schedule);
        }

        return schedule;
    }

    public static Place PlaceOfAfter(KeyReader keys) => keys.PlaceOf(After);

    private static void OnlyOne(KeyReader keys, Key one, Key other, string because)
    {
        if (keys.Has(one) && keys.Has(other))
        {
            keys.Report(one, $"{one.Name}: beside {other.Name}:", $"keep one of them: {because}");
        }
    }

    /// <summary>What the unit of the fault does not allow.</summary>
    private static void CheckScope(KeyReader keys, FaultKind kind, FaultSchedule schedule)
    {
        var ofRequests = kind.Scope is FaultScope.Request or FaultScope.Stream;
        if (!ofRequests && schedule.Nth.Count > 0)
        {
            keys.Report(Nth, $"{kind.Name} does not choose among requests", "remove nth:, or use burst: for several windows");
        }

        if (!ofRequests && schedule.Ramp is { IsOfShare: true })
        {
            keys.Report(Ramp, $"{kind.Name} does not choose by share", "ramp one of its parameters with of:, or use burst:");
        }

        var planned = kind.Vantage == Vantage.Input;
        if (planned && (schedule.Until is not null || schedule.After is not null))
        {
            keys.Report(schedule.After is null ? Until : After, $"the plan fixes the victims of {kind.Name} before the run",
                "write at: and for:, which the plan knows");
        }

        if (schedule.After is not null && (schedule.Nth.Count > 0 || schedule.Ramp is { IsOfShare: true }))
        {
            keys.Report(schedule.Nth.Count > 0 ? Nth : Ramp, "the plan cannot know when a fault with after: starts, and so not whom this would hit",
                "write at: in place of after:, or share: in place of this");
        }
    }

    private static FaultRamp? RampOf(RampLine line, FaultKind kind, KeyReader keys)
    {
        var parameter = line.Of == FaultRamp.Share
            ? new FaultParameter(FaultRamp.Share, "share", "100%", "")
            : kind.Parameters.FirstOrDefault(known => known.Name == line.Of && known is { Unit: not "text", Choices.Count: 0 });
        if (parameter is null)
        {
            keys.Reading.Report(line.OfPlace, $"{kind.Name} has no numeric parameter {Shown.Quoted(line.Of)}",
                Nearest.Remedy(line.Of, [FaultRamp.Share, .. kind.Parameters.Where(known => known.Unit != "text").Select(known => known.Name)]));
            return null;
        }

        return Value(parameter, line.From, keys) is { } from && Value(parameter, line.To, keys) is { } to
            ? new FaultRamp(line.Of, from, to, line.Steps, parameter.Unit is "count" or "size")
            : null;
    }

    private static double? Value(FaultParameter parameter, Node? node, KeyReader keys) =>
        node is not null && FaultValues.Read(parameter, node, keys.Reading) is { } text
            ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
            : null;

    private sealed record RampLine(string Of, Node From, Node To, int Steps, Place OfPlace);
}
