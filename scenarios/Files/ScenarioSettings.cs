using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// A scenario with everything filled in, as JSON for the manifest: durations in seconds, rates per second, shares of 1;
/// environment variables still as <c>${NAME}</c>; URLs without user-info and query.
/// </summary>
public static class ScenarioSettings
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static JsonObject Of(Scenario scenario)
    {
        var settings = Main(scenario);
        if (scenario.BlastRadius != BlastRadius.None)
        {
            settings["blastRadius"] = new JsonObject
            {
                ["share"] = scenario.BlastRadius.Share?.Value,
                ["replicas"] = scenario.BlastRadius.Replicas,
                ["duration"] = Seconds(scenario.BlastRadius.Duration),
                ["tokens"] = scenario.BlastRadius.Tokens,
                ["cost"] = scenario.BlastRadius.Cost,
            };
        }

        if (scenario.Design is ComparisonDesign.Split split)
        {
            settings["split"] = new JsonObject { ["candidate"] = split.Candidate.Value, ["rotate"] = Seconds(split.Rotate), ["by"] = split.By };
        }
        else if (scenario.Design is ComparisonDesign.Shadow)
        {
            settings["shadow"] = "candidate";
        }

        if (scenario.Fresh is { } fresh)
        {
            settings["starts"] = new JsonObject { ["within"] = Seconds(fresh.Within), ["requests"] = fresh.Requests };
        }

        if (scenario.UntilDecided is { } budget)
        {
            settings["untilDecided"] = budget.ToString();
        }

        if (scenario.Telemetry is { } telemetry)
        {
            settings["telemetry"] = new JsonObject
            {
                ["traceContext"] = telemetry.TraceContext,
                ["sample"] = telemetry.Sample.Value,
                ["scrape"] = new JsonArray([.. telemetry.Scrapes.Select(source => (JsonNode)new JsonObject
                {
                    ["name"] = source.Name, ["url"] = Urls.Public(source.Url), ["every"] = source.Every.TotalSeconds, ["keep"] = Texts(source.Keep),
                })]),
            };
        }

        return settings;
    }

    private static JsonObject Main(Scenario scenario) => new()
    {
        ["name"] = scenario.Name,
        ["description"] = scenario.Description,
        ["candidate"] = Of(scenario.Candidate),
        ["baseline"] = scenario.Baseline is null ? null : Of(scenario.Baseline),
        ["workload"] = Of(scenario.Workload),
        ["mix"] = new JsonArray([.. scenario.Mix.Select(Of)]),
        ["phases"] = new JsonObject
        {
            ["warmUp"] = Seconds(scenario.Phases.WarmUp),
            ["baseline"] = Seconds(scenario.Phases.Baseline),
            ["fault"] = Seconds(scenario.Phases.Fault),
            ["recovery"] = Seconds(scenario.Phases.Recovery),
        },
        ["faults"] = new JsonArray([.. scenario.Faults.Select(FaultSettings.Of)]),
        ["detections"] = new JsonArray([.. scenario.Detections.Select(DetectionWords.Json)]),
        ["objectives"] = new JsonObject
        {
            ["ttft"] = Seconds(scenario.Objectives.Ttft),
            ["e2e"] = Seconds(scenario.Objectives.E2e),
            ["tpot"] = Seconds(scenario.Objectives.Tpot),
        },
        ["steadyState"] = Texts(scenario.SteadyState.Select(objective => objective.Text)),
        ["abort"] = new JsonArray([.. scenario.Abort.Select(abort =>
            (JsonNode)new JsonObject { ["condition"] = abort.Condition.Text, ["for"] = Seconds(abort.For) })]),
        ["gates"] = new JsonArray([.. scenario.Gates.Select(gate =>
            (JsonNode)new JsonObject { ["kind"] = Word(gate.Kind), ["text"] = gate.Text })]),
        ["golden"] = scenario.Golden,
        ["reference"] = scenario.Reference,
        ["prices"] = scenario.Prices is not { } prices ? null : new JsonObject { ["candidate"] = Of(prices), ["baseline"] = Of(prices.Baseline ?? prices) },
        ["judge"] = scenario.Judge is { } judge ? new JsonObject
        {
            ["target"] = Of(judge.Target),
            ["criteria"] = judge.Criteria,
            ["calibration"] = judge.Calibration,
            ["repeats"] = judge.Repeats,
            ["answers"] = judge.Answers,
        }
        : null,
        ["drain"] = Seconds(scenario.Drain),
    };

    public static JsonObject Of(Target target) => target switch
    {
        Target.Onnx onnx => new JsonObject
        {
            ["name"] = onnx.Name,
            ["type"] = "onnx",
            ["model"] = onnx.Model,
            ["replicas"] = onnx.Replicas,
            ["device"] = onnx.Device,
            ["isolation"] = Word(onnx.Isolation),
            ["maxBatch"] = onnx.MaxBatch,
            ["queueLimit"] = onnx.QueueLimit,
            ["contextStore"] = onnx.ContextStore is { } store ? Of(store) : "none",
            ["guardrails"] = JsonSerializer.SerializeToNode(onnx.Guardrails, Options),
            ["requestTimeout"] = Seconds(onnx.RequestTimeout),
        },
        Target.OpenAi openAi => Of(openAi),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonObject Of(Target.Dependency store)
    {
        var settings = Place(store);
        if (store.Schema is { } schema)
        {
            settings["schema"] = schema;
        }

        return settings;
    }

    private static JsonObject Place(Target.Dependency store) => store.Postgres is { } database
        ? new JsonObject
        {
            ["postgres"] = Urls.Public(database.Template),
            ["connections"] = store.Connections,
            ["timeout"] = Seconds(store.Timeout),
            ["fallback"] = store.Fallback,
        }
        : new JsonObject
        {
            ["latency"] = Seconds(store.Latency),
            ["timeout"] = Seconds(store.Timeout),
            ["fallback"] = store.Fallback,
        };

    private static JsonObject Of(Target.OpenAi target) => new()
    {
        ["name"] = target.Name,
        ["type"] = "openai",
        ["url"] = Urls.Public(target.Url.Template),
        ["model"] = target.Model.Template,
        ["apiKey"] = target.ApiKey?.Template,
        ["api"] = Word(target.Api),
        ["headers"] = new JsonObject([.. target.Headers.OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value.Template))]),
        ["apiVersion"] = target.ApiVersion,
        ["caCertificate"] = target.CaCertificate,
        ["clientCertificate"] = target.ClientCertificate,
        ["clientKey"] = target.ClientKey,
        ["proxy"] = target.Proxy is null ? null : Urls.Public(target.Proxy.Template),
        ["requestTimeout"] = Seconds(target.RequestTimeout),
        ["budget"] = JsonSerializer.SerializeToNode(target.Budget, Options),
        ["retryAfter"] = Word(target.RetryAfter),
        ["usage"] = Word(target.Usage),
        ["tokenizer"] = target.Tokenizer,
        ["command"] = JsonSerializer.SerializeToNode(target.Command),
        ["readyWithin"] = Seconds(target.ReadyWithin),
    };

    public static JsonObject Of(Workload workload) => workload switch
    {
        Workload.Open { Sessions: true } open => WithSessions(open),
        Workload.Open { Arrivals: ArrivalProcess.Constant constant } => Open("constant", ("rate", constant.Rate)),
        Workload.Open { Arrivals: ArrivalProcess.Poisson poisson } => Open("poisson", ("rate", poisson.Rate)),
        Workload.Open { Arrivals: ArrivalProcess.Ramp ramp } => Open("ramp", ("from", ramp.From), ("to", ramp.To)),
        Workload.Open open => new JsonObject { ["open"] = ArrivalSettings.Of(open.Arrivals) },
        Workload.Closed closed => new JsonObject
        {
            ["closed"] = new JsonObject { ["clients"] = closed.Clients, ["thinkTime"] = Seconds(closed.ThinkTime), ["sessions"] = closed.Sessions },
        },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonObject WithSessions(Workload.Open open)
    {
        var settings = Of(open with { Sessions = false });
        settings["open"]!["sessions"] = true;
        settings["open"]!["thinkTime"] = Seconds(open.ThinkTime);
        return settings;
    }

    public static JsonObject Of(PromptSet set) => set switch
    {
        PromptSet.Recorded recorded => new JsonObject
        {
            ["name"] = recorded.Name,
            ["recorded"] = recorded.Path,
            ["format"] = recorded.Format is { } format ? Word(format) : null,
            ["limit"] = recorded.Limit,
        },
        PromptSet.Adversarial adversarial => new JsonObject
        {
            ["name"] = adversarial.Name,
            ["adversarial"] = Texts(adversarial.Mutators),
            ["from"] = adversarial.From is null ? null : Of(adversarial.From),
            ["corpora"] = Texts(adversarial.Corpora),
        },
        PromptSet.Generated generated => new JsonObject
        {
            ["name"] = generated.Name,
            ["generated"] = generated.Kind,
            ["locales"] = Texts(generated.Locales),
            ["count"] = generated.Count,
        },
        PromptSet.Traced traced => new JsonObject
        {
            ["name"] = traced.Name,
            ["trace"] = traced.Path,
            ["format"] = traced.Format,
            ["unit"] = traced.Unit?.Word(),
            ["from"] = Seconds(traced.From),
            ["for"] = Seconds(traced.For),
            ["sessions"] = traced.Sessions.Value,
            ["lengths"] = traced.Lengths.Value,
            ["blockTokens"] = traced.BlockTokens,
        },
        PromptSet.Counterfactual swapped => new JsonObject
        {
            ["name"] = swapped.Name,
            ["from"] = Of(swapped.From),
            ["swaps"] = Texts([.. swapped.Swaps.Select(swap => $"{swap.Name} {string.Join('/', swap.Groups)}: {string.Join(", ", swap.Rows.Select(row => string.Join('/', row)))}")]),
            ["file"] = swapped.File,
        },
        PromptSet.Prefixed prefixed => new JsonObject
        {
            ["name"] = prefixed.Name,
            ["from"] = Of(prefixed.From),
            ["groups"] = prefixed.Groups,
            ["tokens"] = prefixed.Tokens,
        },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonObject Of(Prices prices) => new()
    {
        ["input"] = prices.Input,
        ["output"] = prices.Output,
        ["deviceHour"] = prices.DeviceHour,
        ["devices"] = prices.Devices,
    };

    private static JsonObject Of(MixEntry entry) => new()
    {
        ["prompts"] = Of(entry.Prompts),
        ["weight"] = entry.Weight,
        ["temperature"] = JsonSerializer.SerializeToNode(entry.Temperatures),
        ["maxTokens"] = JsonSerializer.SerializeToNode(entry.MaxTokens),
        ["stream"] = JsonSerializer.SerializeToNode(entry.Stream),
        ["batch"] = JsonSerializer.SerializeToNode(entry.Batch),
        ["role"] = Word(entry.Role),
        ["grade"] = entry.Grader is { } grader ? Word(grader) : null,
        ["assertRows"] = entry.AssertRows,
        ["assert"] = Texts(entry.Assertions.Select(assertion => assertion.Text)),
    };

    private static JsonObject Open(string arrivals, params (string Name, Rate Rate)[] rates)
    {
        var open = new JsonObject { ["arrivals"] = arrivals };
        foreach (var (name, rate) in rates)
        {
            open[name] = rate.PerSecond;
        }

        return new JsonObject { ["open"] = open };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static JsonNode? Seconds(TimeSpan? time) => time is { } span ? span.Ticks / (double)TimeSpan.TicksPerSecond : null;
}
