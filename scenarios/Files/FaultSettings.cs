using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Gates;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>A fault as JSON for the manifest, and back: durations in seconds, shares of 1, parameters as text in base units.</summary>
public static class FaultSettings
{
    public static JsonObject Of(Fault fault)
    {
        var settings = new JsonObject
        {
            ["id"] = fault.Id,
            ["fault"] = fault.Kind,
            ["at"] = Seconds(fault.At),
            ["for"] = Seconds(fault.For),
            ["share"] = fault.Share.Value,
            ["select"] = Pairs(fault.Select),
            ["with"] = Pairs(fault.With),
            ["detectedWithin"] = Seconds(fault.DetectedWithin),
            ["recoveredWithin"] = Seconds(fault.RecoveredWithin),
            ["minExposure"] = fault.MinExposure,
        };
        if (fault.Preset is { } preset)
        {
            settings["preset"] = preset;
        }

        if (fault.Pauses)
        {
            settings["pauses"] = true;
        }

        AddSchedule(settings, fault.Schedule);
        return settings;
    }

    /// <summary>Only what is said: most faults act once.</summary>
    private static void AddSchedule(JsonObject settings, FaultSchedule schedule)
    {
        switch (schedule.Repeat)
        {
            case FaultRepeat.Burst burst:
                settings["burst"] = new JsonObject { ["windows"] = burst.Windows, ["for"] = Seconds(burst.For), ["every"] = Seconds(burst.Every) };
                break;
            case FaultRepeat.Poisson poisson:
                settings["poisson"] = new JsonObject { ["mean"] = Seconds(poisson.Mean), ["for"] = Seconds(poisson.For) };
                break;
            case null:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        if (schedule.Ramp is { } ramp)
        {
            settings["ramp"] = new JsonObject
            {
                ["of"] = ramp.Of, ["from"] = ramp.From, ["to"] = ramp.To, ["steps"] = ramp.Steps, ["whole"] = ramp.IsWhole,
            };
        }

        if (schedule.Nth.Count > 0)
        {
            settings["nth"] = new JsonArray([.. schedule.Nth.Select(number => (JsonNode)number)]);
        }

        if (schedule.Until is { } until)
        {
            settings["until"] = new JsonObject { ["condition"] = until.Condition.Text, ["for"] = Seconds(until.For) };
        }

        if (schedule.After is { } after)
        {
            settings["after"] = new JsonObject
            {
                ["fault"] = after.Fault, ["event"] = JsonNamingPolicy.KebabCaseLower.ConvertName(after.Moment.ToString()), ["delay"] = Seconds(after.Delay),
            };
        }
    }

    /// <summary>The fault that <see cref="Of"/> wrote.</summary>
    /// <param name="scope">Of a kind, from the catalogue.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static Fault Read(JsonElement settings, Func<string, FaultScope> scope)
    {
        try
        {
            var kind = settings.GetProperty("fault").GetString()!;
            return new Fault
            {
                Id = settings.GetProperty("id").GetString()!,
                Kind = kind,
                Scope = scope(kind),
                At = Time(settings.GetProperty("at")),
                For = Time(settings.GetProperty("for")),
                Share = new Share(settings.GetProperty("share").GetDouble()),
                Select = Pairs(settings.GetProperty("select")),
                With = Pairs(settings.GetProperty("with")),
                DetectedWithin = MaybeTime(settings.GetProperty("detectedWithin")),
                RecoveredWithin = MaybeTime(settings.GetProperty("recoveredWithin")),
                MinExposure = settings.GetProperty("minExposure").GetInt32(),
                Schedule = Schedule(settings),
                Pauses = settings.TryGetProperty("pauses", out _),
                Preset = settings.TryGetProperty("preset", out var preset) ? preset.GetString() : null,
            };
        }
        catch (Exception flaw) when (flaw is KeyNotFoundException or InvalidOperationException or OverflowException)
        {
            throw new FormatException("a fault in the manifest cannot be read: " + flaw.Message, flaw);
        }
    }

    private static FaultSchedule Schedule(JsonElement fault)
    {
        FaultRepeat? repeat = fault.TryGetProperty("burst", out var burst)
            ? new FaultRepeat.Burst(burst.GetProperty("windows").GetInt32(), Time(burst.GetProperty("every"))) { For = Time(burst.GetProperty("for")) }
            : fault.TryGetProperty("poisson", out var poisson)
            ? new FaultRepeat.Poisson(Time(poisson.GetProperty("mean"))) { For = Time(poisson.GetProperty("for")) }
            : null;
        return new FaultSchedule
        {
            Repeat = repeat,
            Ramp = fault.TryGetProperty("ramp", out var ramp)
                ? new FaultRamp(
                    ramp.GetProperty("of").GetString()!, ramp.GetProperty("from").GetDouble(), ramp.GetProperty("to").GetDouble(),
                    ramp.GetProperty("steps").GetInt32(), ramp.GetProperty("whole").GetBoolean())
                : null,
            Nth = fault.TryGetProperty("nth", out var nth) ? [.. nth.EnumerateArray().Select(number => number.GetInt32())] : [],
            Until = fault.TryGetProperty("until", out var until) ? Condition(until) : null,
            After = fault.TryGetProperty("after", out var after)
                ? new FaultTrigger(
                    after.GetProperty("fault").GetString()!,
                    Enum.TryParse<FaultMoment>(after.GetProperty("event").GetString(), ignoreCase: true, out var moment)
                        ? moment : throw new FormatException("a fault in the manifest waits for an unknown event"),
                    Time(after.GetProperty("delay")))
                : null,
        };
    }

    private static AbortCondition Condition(JsonElement until)
    {
        var statement = GateParser.Parse(until.GetProperty("condition").GetString()!, GateKind.Gate, isAbort: true);
        return statement.Flaw is { } flaw
            ? throw new FormatException($"a condition in the manifest cannot be read: {flaw.Wrong}")
            : new AbortCondition(statement.Value.Objective, Time(until.GetProperty("for")));
    }

    private static JsonObject Pairs(IReadOnlyDictionary<string, string> pairs) =>
        new([.. pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(
            pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]);

    private static Dictionary<string, string> Pairs(JsonElement pairs) =>
        pairs.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal);

    private static JsonNode? Seconds(TimeSpan? time) => time is { } span ? span.Ticks / (double)TimeSpan.TicksPerSecond : null;

    /// <summary>To the tick: the decimal that was written is the one that was meant.</summary>
    private static TimeSpan Time(JsonElement seconds) => TimeSpan.FromTicks((long)Math.Round(seconds.GetDecimal() * TimeSpan.TicksPerSecond));

    private static TimeSpan? MaybeTime(JsonElement seconds) => seconds.ValueKind == JsonValueKind.Null ? null : Time(seconds);
}
