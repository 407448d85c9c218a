using ChaosBench.Scenarios.Files.Gates;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>A value with its place, for checks that need the whole scenario.</summary>
internal sealed record Placed<T>(T Value, Place Place);

/// <summary>What must hold: per-request objectives, the steady state, abort conditions and gates.</summary>
internal static class ObjectiveKeys
{
    private const string GateExample = "\"p99 ttft < 800ms\"";

    private static readonly Key<TimeSpan> Ttft = new("ttft", Scalars.Limit, "Time to the first token.") { Example = "800ms" };
    private static readonly Key<TimeSpan> E2e = new("e2e", Scalars.Limit, "Time to the last token.") { Example = "2s" };
    private static readonly Key<TimeSpan> Tpot = new("tpot", Scalars.Limit, "Mean time per output token after the first.")
        { Example = "50ms" };

    private static readonly Table<RequestObjectives> PerRequestTable = new(
        "objectives", "objectives", "Limits of one request: within all of them it is good (attainment, goodput).",
        [Ttft, E2e, Tpot],
        keys => new RequestObjectives(keys.Maybe(Ttft), keys.Maybe(E2e), keys.Maybe(Tpot)));

    private static readonly Table<Placed<Objective>>[] Wrapped =
        [Wrapping("gate", GateKind.Gate), Wrapping("guard", GateKind.Guard), Wrapping("info", GateKind.Info)];

    public static readonly Key<RequestObjectives> PerRequest = new(
        "objectives", PerRequestTable, "Limits of one request: within all of them it is good (attainment, goodput).")
        { Default = "{}", Example = "{ ttft: 800ms, e2e: 2s }" };

    public static readonly Key<IReadOnlyList<Placed<Objective>>> SteadyState = new(
        "steadyState", new ListOf<Placed<Objective>>(Statement(GateKind.Gate), "steady-state objectives", most: 50),
        "What normal looks like. Judged in the baseline phase; recovery is its return.")
        { Default = "[]", Example = "[\"attainment >= 95%\"]" };

    public static readonly Key<IReadOnlyList<AbortCondition>> Abort = new(
        "abort", new ListOf<AbortCondition>(
            LiveCondition("an abort condition", "\"error_rate > 50% for 5s\""), "abort conditions", most: 50),
        "The run halts and heals when one of these holds for the stated time (default 5s).")
        { Default = "[]", Example = "[\"error_rate > 50% for 5s\"]" };

    public static readonly Key<IReadOnlyList<Placed<Objective>>> Gates = new(
        "gates", new ListOf<Placed<Objective>>(
            new ShortOr<Placed<Objective>>(Statement(GateKind.Gate), new Union<Placed<Objective>>("a gate", Choose, Wrapped)),
            "gates", most: 200),
        "What must hold for this version to be promoted. Without gates the run reports and passes.")
        { Default = "[]", Example = $"[{GateExample}]" };

    /// <summary>A statement about what can be watched while a run goes on, and for how long it must hold.</summary>
    public static Kind<AbortCondition> LiveCondition(string noun, string example) =>
        new CheckedKind<GateStatement, AbortCondition>(
            Text(GateKind.Gate, isAbort: true, noun, example), (statement, _, _) => Watched(statement, noun));

    private static ScalarKind<GateStatement> Text(GateKind kind, bool isAbort, string noun = "an objective", string example = GateExample) => new(
        noun, example, scalar => GateParser.Parse(scalar.Text, kind, isAbort),
        static () => new() { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 300 });

    private static CheckedKind<GateStatement, Placed<Objective>> Statement(GateKind kind) => new(
        Text(kind, isAbort: false), static (statement, node, _) => new Placed<Objective>(statement.Objective, node.Place));

    private static Parsed<AbortCondition> Watched(GateStatement statement, string noun)
    {
        var condition = statement.Objective;
        if (condition.LimitKind != LimitKind.Absolute)
        {
            return new Flaw($"{noun} cannot wait for a comparison with the baseline", "write a limit without vs baseline");
        }

        return Metrics.CanWatchLive(condition.Metric)
            ? new AbortCondition(condition, statement.Hold ?? TimeSpan.FromSeconds(5))
            : new Flaw($"{Metrics.NameOf(condition.Metric)} is known only after the run, so that {(noun == "an abort condition" ? "it cannot abort it" : "no fault can wait for it")}",
                $"watch {Shown.Or(Metrics.All.Where(Metrics.CanWatchLive).Select(Metrics.NameOf))}, or make it a gate");
    }

    private static Table<Placed<Objective>> Wrapping(string name, GateKind kind)
    {
        var meaning = kind switch
        {
            GateKind.Gate => "Decides: failing it fails the run, and so does not knowing make the run inconclusive.",
            GateKind.Guard => "Decides only by failing; not knowing is no obstacle.",
            _ => "Shown, never decides.",
        };
        var key = new Key<Placed<Objective>>(name, Statement(kind), meaning) { Required = true, Example = GateExample };
        return new Table<Placed<Objective>>($"{name}Line", "a gate", meaning, [key], keys => keys.Get(key));
    }

    private static Table<Placed<Objective>>? Choose(MapNode map, Reading reading)
    {
        if (map.Entries is [var only] && Wrapped.FirstOrDefault(table => table.Keys[0].Name == only.Key.Text) is { } wrapping)
        {
            return wrapping;
        }

        reading.Report(map.Place, "a gate is one line of text, or one of gate:, guard: and info: with it",
            $"write {GateExample}, or {{ guard: {GateExample} }}");
        return null;
    }
}
