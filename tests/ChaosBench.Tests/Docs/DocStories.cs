namespace ChaosBench.Tests.Docs;

/// <summary>Every documented command that does more than look, in an order in which a reader could type them.</summary>
internal static class DocStories
{
    /// <summary>Each story has a folder of its own.</summary>
    public static IReadOnlyDictionary<string, DocStep[]> All { get; } = new Dictionary<string, DocStep[]>
    {
        ["tour, telemetry, privacy"] = [.. Tour(), .. Telemetry(), .. Afterwards()],
        ["game day, browser"] = [.. GameDay(), .. Browser()],
        ["versions"] = Versions(),
        ["readme, goldens"] = [.. Readme(), .. Goldens()],
        ["worst cases"] = WorstCases(),
        ["provenance, named baselines"] = [.. Provenance(), .. Baselines()],
        ["servers, proxy, shards, traces"] = [.. Servers(), .. Traces()],
        ["capacity, calibration"] = [.. Capacity(), .. Calibration()],
    };

    /// <summary>Documented and not run here, each with the reason; a star at the end stands for whatever follows.</summary>
    public static IReadOnlyDictionary<string, string> NotRun { get; } = new Dictionary<string, string>
    {
        ["import auto $(find azure-llm-2023 mooncake servegen length-traces otel-genai-traces prompts recorded -type f"] =
            "reads the collection of real traces, which does not ship; the tests over CHAOSBENCH_DATA read each of its files",
        ["capacity scenarios.yaml --scenario lost-node --from 160/s"] =
            "a search to the end, of five minutes; capacity is run with one rate, and the loss of a replica has tests of its own",
        ["calibrate gate --arm 800ms --pairs 240"] = "the page's own recording, of half an hour; the other commands of that page record shorter",
        ["calibrate gate --rate 60/s --arm 800ms --pairs 20 --regressions +10%"] = "where a figure comes from, two minutes long; the page on calibration runs shorter ones",
        ["import results *"] = NeedsPeers,
        ["compare runs/20250323T171959Z-aibrix-v0-2-1_naive_output_2-9-0 runs/20250323T182349Z-aibrix-v0-2-1_ps_stack_high_low_output_2-9-0"] = NeedsPeers,
        ["import results llmperf llmperf/individual/lepton_13b.json --out runs --gate p50 ttft"] = NeedsPeers,
        ["import results k6 samples.json --published summary.json --out runs"] = NeedsPeers,
        ["run scenarios/fresh.yaml"] = "starts a server anew before each of many blocks, which takes minutes; the tests of fresh starts run such a scenario",
        ["run scenarios.yaml --store postgres://bench@db.example/bench"] = NeedsStore,
        ["push runs --store postgres://bench@db.example/bench"] = NeedsStore,
        ["promote runs/latest --store postgres://bench@db.example/bench"] = NeedsStore,
        ["run scenarios.yaml --store postgres://bench@db.example/bench --baseline main"] = NeedsStore,
        ["history --store postgres://bench@db.example/bench --scenario smoke"] = NeedsStore,
        ["compare main runs/latest --store CHAOSBENCH_STORE"] = NeedsStore,
    };

    private const string NeedsPeers = "reads what other tools measured, which does not ship; the tests of import run every file of CHAOSBENCH_DATA through it";

    /// <summary>In PostgreSQL, under an address of the page's own.</summary>
    private const string NeedsStore = "needs a PostgreSQL server at the page's made-up address; the tests of the store start one and use the same commands";

    private static DocStep[] Provenance()
    {
        // As on the page, once, and in each shell anew.
        var key = $"[ -f key.pem ] || {{ {string.Join("; ", DocumentedCommands.Block("provenance.md", "sh", "openssl genpkey").Split('\n').Where(line => line.StartsWith("openssl", StringComparison.Ordinal)))}; }} 2>/dev/null; "
            + "export CHAOSBENCH_SIGNING_KEY=\"$(cat key.pem)\";";
        return
        [
            new("run scenarios.yaml --scenario smoke") { Before = key, Codes = [0] },
            DocStep.Ok("attest runs/latest", "--out again.json") with { Before = key },
            DocStep.Ok("verify runs/latest --key pub.pem"),
            DocStep.Ok("sbom --out chaosbench.cdx.json"),
            DocStep.Ok("sbom scenarios/models/triage-v1 --out model.cdx.json"),
            new("sbom --policy licences.yaml --out chaosbench.cdx.json") { Codes = [0, 1] },
            new("sbom scenarios/models/triage-v1 --policy licences.yaml --out model.cdx.json") { Codes = [0, 1] },
            new("run scenarios.yaml --licences licences.yaml") { More = "--dry-run", Codes = [0, 4] },
        ];
    }

    private static DocStep[] Baselines() =>
    [
        DocStep.Ok("promote runs/latest"),
        DocStep.Ok("promote runs/latest --as release-4 --reason 'accepted by QA'"),
        DocStep.Ok("promote"),
        new("run scenarios.yaml --baseline main") { More = "--scenario smoke" },
        new("compare main runs/latest") { Codes = [0, 1, 2] },
    ];

    private static DocStep[] Tour() =>
    [
        new("run scenarios.yaml --scenario lost-node"),
        new("run scenarios.yaml --scenario lost-node --replay runs/latest"),
        new("run scenarios.yaml --scenario smoke --set targets.candidate.model=scenarios/models/triage-damaged") { Codes = [1] },
    ];

    private static DocStep[] Telemetry() =>
    [
        new("run scenarios.yaml --otlp https://collector.example:4318")
        {
            Before = "export OTEL_EXPORTER_OTLP_HEADERS='authorization=Bearer%20...';", More = "--scenario smoke",
            Instead = [("https://collector.example", "http://127.0.0.1")],
        },
        DocStep.Ok("report runs/latest --otlp http://127.0.0.1:4318"),
        DocStep.Ok("report runs/latest --write otlp"),
        DocStep.Ok("import otel-genai runs/latest/traces.otlp.jsonl"),
    ];

    private static DocStep[] Afterwards() =>
    [
        new("compare runs/monday runs/friday --html monday-friday.html") { Before = "cp -r $(readlink -f runs/latest) runs/monday; cp -r $(readlink -f runs/latest) runs/friday;", Codes = [0, 2] },
        new("compare runs/before runs/after") { Before = "cp -r runs/monday runs/before; cp -r runs/friday runs/after;", Codes = [0, 2] },
        DocStep.Ok("history runs --scenario smoke"),
        DocStep.Ok("clean --older-than 7d --content --yes"),
        DocStep.Ok("clean --keep 20 --yes"),
        DocStep.Ok("heal"),
    ];

    private static DocStep[] GameDay() =>
    [
        new("run scenarios.yaml --scenario lost-node --game-day --stop-file stop-now")
        {
            // Nobody lets the second fault go on: aborted.
            Ready = "waits. Enter: go on", Codes = [3], EndsAlone = true,
            While = [DocStep.Ok("note runs/latest \"the pager rang\""), DocStep.Ok("note runs/latest --continue"), DocStep.Ok("abort runs/latest")],
        },
    ];

    private static DocStep[] Browser() =>
    [
        new("run scenarios.yaml --scenario lost-node --ui"),
        new("ui runs") { Ready = "pages: http://127.0.0.1:", Codes = [0] },
        new("ui runs --try scenarios/ab.yaml") { Ready = "pages: http://127.0.0.1:", Codes = [0] },
    ];

    private static DocStep[] Versions() =>
    [
        new("run scenarios/ab.yaml"),
        new("run scenarios/ab.yaml --set targets.candidate.model=scenarios/models/triage-undertrained") { Codes = [1] },
        new("run scenarios/ab-until-decided.yaml") { More = "--until-decided --budget \"14 pairs\"" },
        new("run scenarios/split.yaml"),
        new("run scenarios/shadow.yaml"),
    ];

    private static DocStep[] Readme() =>
    [
        new("run scenarios.yaml"),
        new("run scenarios.yaml --set targets.candidate.model=scenarios/models/triage-damaged") { Codes = [1] },
    ];

    private static DocStep[] Goldens() =>
    [
        DocStep.Ok("golden record scenarios.yaml goldens/triage --scenario smoke --embedder scenarios/models/triage-v1", "--cases 12"),
        DocStep.Ok("golden show goldens/triage"),
        new("golden check scenarios.yaml goldens/triage --scenario smoke --set targets.candidate.model=scenarios/models/triage-v2") { Codes = [0, 1] },
    ];

    private static DocStep[] WorstCases() =>
    [
        new("search scenarios.yaml --scenario smoke --for quality --budget 600 --out worst-cases") { Codes = [2] },
        new("search scenarios.yaml --scenario smoke --for quality --replay worst-cases/worst.jsonl") { Codes = [2] },
        new("run worst-cases/worst.yaml"),
        new("search scenarios.yaml --scenario smoke --for latency --budget 2m --mutators flooding,repetition,glitch-strings")
        {
            Instead = [("2m", "6s")], More = "--out latency", Codes = [0, 2],
        },
    ];

    /// <summary>Those of the README, each of which must be answered with 200.</summary>
    private static string Curl(string port) => string.Join('\n', System.Text.RegularExpressions.Regex
        .Matches(File.ReadAllText(Support.Repository.Path("README.md")), @"^\$ curl (?:-N )?(http://127\.0\.0\.1:8080/v1/(?:chat/completions|embeddings)(?:[^\n\\]|\\\n)*)", System.Text.RegularExpressions.RegexOptions.Multiline)
        .Select(match => $"curl -sSf -N {match.Groups[1].Value.Replace(":8080", port, StringComparison.Ordinal)}"));

    private static DocStep[] Servers() =>
    [
        new("serve scenarios/models/triage-v1 --port 8080")
        {
            Ready = "Ctrl-C drains and stops", Codes = [0], Clients = Curl(":8080"),
            While =
            [
                DocStep.Ok("init http://127.0.0.1:8080 --out mine.yaml"),
                new("record --upstream http://127.0.0.1:8080 --out traffic.jsonl --listen 127.0.0.1:9000")
                {
                    Ready = "Ctrl-C ends it", Codes = [0], Clients = Curl(":9000"),
                },
                new("proxy --listen 127.0.0.1:9000 --upstream http://127.0.0.1:8080 --faults faults.yaml") { Ready = "admin on", Codes = [0], Clients = "curl -sf http://127.0.0.1:9000/v1/models" },
                new("run remote.yaml --shard 1/4 --start-at 2026-01-31T12:00:00Z --out shards")
                {
                    Instead = [("2026-01-31T12:00:00Z", "{soon}")], Codes = [2],
                    Beside = [[("1/4", "2/4")], [("1/4", "3/4")], [("1/4", "4/4")]],
                },
                new("merge shards --inconclusive fail") { Codes = [0, 1] },
            ],
        },
        DocStep.Ok("init scenarios/models/triage-v1", "--out model.yaml"),
        new("serve scenarios/models/triage-v1") { More = "--port 0", Ready = "Ctrl-C drains and stops", Codes = [0] },
        new("serve scenarios/models/triage-v1 --replicas 2 --canary scenarios/models/triage-v2 --split-file split")
        {
            Before = "echo 95/5 > split;", More = "--port 0", Ready = "split 95/5", Codes = [0],
        },
    ];

    private static DocStep[] Traces() =>
    [
        DocStep.Ok("import mooncake conversation_trace.jsonl") with { Before = "cp scenarios/recorded/mooncake-conversation.first-100s.jsonl conversation_trace.jsonl;" },
        DocStep.Ok("import azure conv.csv.gz --from 1h --for 10m --sessions 25% --out part.jsonl") with { Before = """
            { echo TIMESTAMP,ContextTokens,GeneratedTokens; for h in 10 11 12; do for m in $(seq 10 59); do echo "2023-11-16 $h:$m:00.0000000,100,10"; done; done; } | gzip > conv.csv.gz;
            """ },
        DocStep.Ok("import auto traces/*") with { Before = "mkdir -p traces; cp scenarios/recorded/*.first-100s.* traces;" },
    ];

    private static DocStep[] Capacity() =>
    [
        new("capacity scenarios.yaml --scenario lost-node") { More = "--from 160/s --to 160/s --probe 2s --precision 50% --lost-nodes 0", Codes = [0, 1, 2] },
    ];

    private static DocStep[] Calibration()
    {
        const string Short = "--arm 100ms --rate 60/s";
        return
        [
            DocStep.Ok("calibrate", "--seconds 1"),
            new("calibrate gate") { More = $"--pairs 8 {Short} --regressions truncated", Codes = [0, 2] },
            new("calibrate gate --resume runs/latest") { Before = "rm -r runs/latest/rounds/01-truncated;", Codes = [0, 2] },
            new("calibrate gate --resume runs/latest --live 20") { Instead = [("20", "1")], More = "--live-pairs 5", Codes = [0, 2] },
            new("calibrate gate --pairs 40 --regressions +10%,slow-1%,lock,leak,truncated,half-precision,undertrained") { Instead = [("40", "8")], More = Short, Codes = [0, 2] },
            new("calibrate gate my.yaml --scenario candidate --arm 2s --rate 80/s")
            {
                Before = "sed 's/name: gate/name: candidate/; s,models/,scenarios/models/,g; s,recorded/,scenarios/recorded/,' scenarios/gate.yaml > my.yaml;",
                Instead = [("2s", "100ms")], More = "--pairs 8 --regressions truncated", Codes = [0, 2],
            },
        ];
    }
}
