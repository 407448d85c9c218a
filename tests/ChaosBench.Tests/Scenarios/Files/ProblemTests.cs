namespace ChaosBench.Tests.Scenarios.Files;

/// <summary>What is said about wrong files, word for word: the messages are the interface.</summary>
public sealed class ProblemTests
{
    /// <summary>Lines added to the smallest file's scenario; the first of them is line 9.</summary>
    public static TheoryData<string, string> ScenarioLines => new()
    {
        { "rat: 40/s", "9:5: unknown key 'rat' in a scenario; did you mean 'rate'?" },
        { "colour: red", "9:5: unknown key 'colour' in a scenario; known: name, description, target, targets, rate, workload, mix, phases, faults, blastRadius, objectives, detections, steadyState, abort, gates, untilDecided, split, shadow, starts, golden, reference, judge, prices, drain, clientPolicy, telemetry" },
        { "drain: 30", "9:12: '30' has no unit; write 30s or 30ms" },
        { "drain: 30sec", "9:12: 'sec' is not a unit of a duration; use us, ms, s, m or h, for example 30s" },
        { "drain: 30 s", "9:12: ' s' is not a unit of a duration; write it without the space: 30s" },
        { "drain: soon", "9:12: 'soon' is not a duration; write a number and a unit, for example 800ms or 1.5s" },
        { "drain: 200h", "9:12: '200h' is longer than 7 days; write a shorter duration" },
        { "drain: -1s", "9:12: '-1s' is not a duration; write a number and a unit, for example 800ms or 1.5s" },
        { "drain: [1s]", "9:12: a list where a duration belongs; write a duration, for example 800ms" },
        { "drain:", "9:11: nothing where a duration belongs; write a duration, for example 800ms" },
        { "drain: 1s\ndrain: 2s", "10:5: the key 'drain' stands here a second time; keep one; the first is at line 9" },
        { "name: ../../etc", "9:11: '../../etc' is not a name; write it like steady-load" },
        { "name: 42", "9:11: '42' is not text to YAML; put it in quotes: \"42\"" },
        { "description: \"${HOME}\"", "9:18: ${...} is not substituted here; only url, model, apiKey, headers and proxy of an openai target and postgres of a context store may name environment variables" },
        { "target: stabel", "9:13: there is no target 'stabel'; known: candidate" },
        { "target: candidat", "9:13: there is no target 'candidat'; did you mean 'candidate'?" },
        { "target: candidate\ntargets: { candidate: candidate }", "9:13: target: beside targets:; keep one of them" },
        { "targets: { baseline: candidate }", "9:14: the targets of a scenario has no candidate; add candidate: candidate" },
        { "workload: { open: 40/s }", "7:11: rate: beside workload:; keep one of them" },
        { "telemetry: true", "9:16: telemetry is a group of keys, not the value 'true'; write { traceContext: true }" },
        { "telemetry: { traceparent: true }", "9:18: unknown key 'traceparent' in telemetry; known: traceContext, sample, scrape" },
        { "telemetry: { sample: 0.1 }", "9:26: '0.1' has no unit; write 10%" },
        { "telemetry: { scrape: metrics }", "9:26: this is not a URL; write http://HOST:PORT/metrics" },
        { "telemetry: { scrape: \"http://me:secret@127.0.0.1/metrics\" }", "9:26: a user or password in the URL of metrics; leave it out; pages of metrics are asked without one" },
        { "telemetry: { scrape: [{ every: 1s }] }", "9:27: a page of metrics has no url; add url: http://127.0.0.1:8000/metrics" },
        { "telemetry: { scrape: [{ url: \"http://127.0.0.1/m\", every: 1ms }] }", "9:63: looks closer together than 100ms would be a load of their own; write 100ms or more" },
        { "telemetry: { scrape: [{ url: \"http://127.0.0.1/m\", keep: [\"a b\"] }] }", "9:63: 'a b' is not the name of a metric; write letters, digits, _ and :, and * at the end for all that begin so" },
        { "telemetry: { scrape: [{ url: \"http://127.0.0.1/m\", name: x }, { url: \"http://127.0.0.1/n\", name: x }] }", "9:26: two pages of metrics are called 'x'; give each a name of its own" },
        { "mix: tickets", "9:10: lines of the mix are a list, not the value 'tickets'; write [ ... ], or one line with - for each" },
        { "mix: []", "9:10: 0 lines of the mix; write 1 to 100" },
        { "mix: [ticket]", "9:11: there is no prompt set 'ticket'; did you mean 'tickets'?" },
        { "mix: [{ prompts: tickets, weight: 0 }]", "9:39: '0' is not a number from 0.001 to 1000000; write a number in that range, without a unit" },
        { "mix: [{ prompts: tickets, weight: \"5\" }]", "9:39: '5' is text because of its quotes; write it without quotes" },
        { "mix: [{ prompts: tickets, temperature: 3 }]", "9:44: '3' is not a number from 0 to 2; write a number in that range, without a unit" },
        { "mix: [{ prompts: tickets, stream: yes }]", "9:39: 'yes' is neither true nor false; write true or false, without quotes" },
        { "mix: [{ prompts: tickets, maxTokens: 0 }]", "9:42: '0' is not a whole number from 1 to 100000; write a whole number in that range, without a unit" },
        { "mix: [{ prompts: tickets, role: canari }]", "9:37: 'canari' is not a role; did you mean 'canary'?" },
        { "mix: [{ prompts: tickets, grade: fuzzy }]", "9:38: 'fuzzy' is not a grader; known: none, exact, contains, json-fields" },
        { "mix: [{ prompts: tickets, assert: { regex: '(' } }]", "9:48: '(' is not a pattern; write a .NET regular expression, for example '^\\{'; single quotes keep its backslashes" },
        { "mix: [{ prompts: tickets, assert: { rouge: 60% } }]", "9:41: unknown key 'rouge' in assertions; did you mean 'rouge1'?" },
        { "mix: [{ prompts: tickets, assert: { rougeL: 0.6 } }]", "9:49: '0.6' has no unit; write 60%" },
        { "mix: [{ prompts: tickets, assert: { refusal: sometimes } }]", "9:50: 'sometimes' is not never or always; known: never, always" },
        { "mix: [{ prompts: tickets, assert: { minChars: 9, maxChars: 3 } }]", "9:64: at most 3 and at least 9; write a range that something fits into" },
        { "mix: [{ prompts: tickets, assert: { language: english } }]", "9:51: 'english' is not a language; known: en, de, fr, es, it, pt, nl, ar, el, he, hi, ja, ko, ru, th, zh" },
        { "mix: [{ prompts: tickets, assert: { finishReason: done } }]", "9:55: 'done' is not a finish reason; known: stop, length, tool_calls, content_filter" },
        { "mix: [{ prompts: tickets, assert: { number: -1 } }]", "9:49: '-1' is not a number from 0 to 1000000000000; write a number in that range, without a unit" },
        { "mix: [{ prompts: tickets, assert: [refusal] }]", "9:39: assertions is a group of keys, not a list; write { regex: '^\\{' }" },
        { "steadyState: [similarity within golden]", "9:19: 'similarity within golden' speaks of goldens, and the scenario names none; add golden: and the folder that 'chaosbench golden record' wrote" },
        { "steadyState: [similarity within gold]", "9:37: 'gold' is nothing that a similarity can be within; write similarity within golden" },
        { "steadyState: [judged_right >= 90%]", "9:19: 'judged_right >= 90%' speaks of a judge, and the scenario has none; add judge: { target: NAME, criteria: ..., calibration: FILE }" },
        { "judge: { target: candidate, criteria: polite }", "9:12: a judge has no calibration; add calibration: judged.jsonl" },
        { "steadyState: [language_right >= 99%]", "9:19: 'language_right >= 99%' speaks of what no line of the mix asserts; add assert: { language: en } to a line of the mix" },
        { "steadyState: [cost_per_success <= 0.01]", "9:19: 'cost_per_success <= 0.01' speaks of money, and the scenario says no prices; add prices: { input: 0.15, output: 0.60 } per million tokens, or { deviceHour: 2.50 }" },
        { "steadyState: [bias <= 5pp]", "9:19: 'bias <= 5pp' speaks of swapped words, and the mix has none; add a prompt set with counterfactual: [\"gender male/female: he/she\"] to the mix, and write bias <= 5pp" },
        { "steadyState: [accuracy >= -5pp under corrupted input]", "9:19: 'accuracy >= -5pp under corrupted input' speaks of corrupted input, and nothing here corrupts any; add a prompt set to the mix with adversarial: [typos, zero-width] and from: the clean one, or an input fault" },
        { "prices: { input: 1, deviceHour: 2 }", "9:37: a price of devices beside one of tokens; keep one of them: an answer is paid for once" },
        { "steadyState: [drift of outputs within reference]", "9:19: 'drift of outputs within reference' speaks of drift from a reference, and the scenario names none; add reference: and the folder of an earlier run, and write drift of outputs within reference" },
        { "prices: {}", "9:13: prices of nothing; write prices: { input: 0.15, output: 0.60 } per million tokens, or { deviceHour: 2.50 }" },
        { "prices: { output: 1, baseline: { outputs: 1 } }", "9:38: unknown key 'outputs' in prices; did you mean 'output'?" },
        { "mix: [{ weight: 5 }]", "9:11: a line of the mix has no prompts; add prompts: tickets" },
        { "untilDecided: 10", "9:19: '10' is not a budget; write a time or a number of pairs of blocks, for example 10m or 300 pairs" },
        { "untilDecided: 0 pairs", "9:19: '0 pairs' is outside the budgets that can be planned; write 1 to 100000 pairs" },
        { "untilDecided: 0s", "9:19: a budget of nothing; write a time above 0s, or a number of pairs of blocks" },
        { "untilDecided: 10m", "9:19: a comparison takes two versions, and the scenario has one; write targets: { baseline: NAME, candidate: NAME }" },
        { "targets: { baseline: candidate, candidate: candidate }\nuntilDecided: 10m", "10:19: no gate compares the versions pair by pair, so that there is nothing to decide; add gates: [\"p95 e2e <= +25% vs baseline\"]" },
        { "split: { candidate: 5% }", "9:12: a comparison takes two versions, and the scenario has one; write targets: { baseline: NAME, candidate: NAME }" },
        { "targets: { baseline: candidate, candidate: candidate }\nsplit: { candidate: 60% }", "10:12: the candidate's share of a split is above 0% and at most 50%; write split: { candidate: 5% }" },
        { "targets: { baseline: candidate, candidate: candidate }\nsplit: { candidate: 5% , rotate: 10ms }", "10:12: a split that is drawn anew more often than once a second keeps nobody with one version; write rotate: 10s" },
        { "split: 5%", "9:12: a split is a group of keys, not the value '5%'; write { candidate: 5% }" },
        { "shadow: baseline", "9:13: 'baseline' is not what can be a shadow; known: candidate" },
        { "targets: { baseline: candidate, candidate: candidate }\nsplit: { candidate: 5% }\nshadow: candidate", "11:13: shadow: beside split:; keep one of them" },
        { "targets: { baseline: candidate, candidate: candidate }\nshadow: candidate\nfaults: [{ fault: node.kill }]", "10:13: mirrored traffic beside faults: what a fault does to a copy is no user's trouble, and no recovery can be told from it; remove faults:, or shadow:" },
        { "starts: fresh", "9:13: a comparison takes two versions, and the scenario has one; write targets: { baseline: NAME, candidate: NAME }" },
        { "targets: { baseline: candidate, candidate: candidate }\nstarts: cold", "10:13: 'cold' is not how versions are started; known: warm, fresh" },
        { "targets: { baseline: candidate, candidate: candidate }\nstarts: { within: 5s, request: 8 }", "10:27: unknown key 'request' in fresh starts; did you mean 'requests'?" },
        { "targets: { baseline: candidate, candidate: candidate }\nstarts: fresh", "10:13: a pair of blocks with 5s before each takes at least 12s, and a phase is shorter; write phases: { baseline: 2m }, or a shorter within:" },
        { "targets: { baseline: candidate, candidate: candidate }\nstarts: { within: 10ms }", "10:13: the pause for a fresh start is 1s to 1h; write within: 5s" },
        { "targets: { baseline: candidate, candidate: candidate }\nsplit: { candidate: 5% }\nstarts: fresh", "11:13: versions that have traffic at the same time cannot be started anew block by block; remove split: or shadow:, or write starts: warm" },
        { "targets: { baseline: candidate, candidate: candidate }\nstarts: fresh\nfaults: [{ fault: node.kill }]", "10:13: fresh starts beside faults: what a fault broke would be healed by the next start; remove faults:, or write starts: warm" },
        { "phases: { baseline: 0s }", "9:13: nothing is measured: every phase after the warm-up is 0s; write baseline: 10s or more" },
        { "phases: { warm-up: 5s }", "9:15: unknown key 'warm-up' in phases; did you mean 'warmUp'?" },
        { "phases: 30s", "9:13: phases is a group of keys, not the value '30s'; write { warmUp: 2s }" },
        { "objectives: { ttft: 0s }", "9:25: a limit of nothing; write a duration above 0s" },
        { "objectives: { ttft: 1}", "9:25: '1' has no unit; write 1s or 1ms" },
        { "faults: [{ fault: node.kil }]", "9:23: there is no fault 'node.kil'; did you mean 'node.kill'?" },
        { "faults: [{ at: 1s }]", "9:14: a fault has no fault; add fault: node.kill" },
        { "faults: [{ fault: node.kill, share: 0.3 }]", "9:41: '0.3' has no unit; write 30%" },
        { "faults: [{ fault: node.kill, share: 130% }]", "9:41: '130%' is more than the whole; write a share from 0% to 100%" },
        { "faults: [{ fault: node.kill, at: 1s }]", "9:38: the fault starts at 1s, outside the fault phase; the fault phase is 12s to 22s from the start of the run; move at: or change phases:" },
        { "faults: [{ fault: node.kill, for: 20s }]", "9:39: the fault ends at 32s, after the fault phase; the fault phase is 12s to 22s from the start of the run; shorten for: or lengthen phases.fault" },
        { "faults: [{ fault: node.kill }]\nphases: { fault: 0s }", "9:14: a fault, but the fault phase is 0s; write phases: { fault: 10s }" },
        { "faults: [{ fault: node.kill, id: a }, { fault: node.kill, id: a }]", "9:43: a second fault with the id 'a'; give each fault its own id" },
        { "faults: [{ fault: node.kill, select: { replica: 2 } }]", "9:42: there is no replica 2; replicas are numbered 0 to 1" },
        { "faults: [{ fault: node.kill, select: { replicas: 2 } }]", "9:44: unknown key 'replicas' in a selection; did you mean 'replica'?" },
        { "faults: [{ fault: node.kill, select: { prompts: others } }]", "9:53: there is no prompt set 'others'; known: tickets" },
        { "faults: [{ fault: node.kill, with: { speed: 2 } }]", "9:42: node.kill has no parameter 'speed'; there are none to choose from" },
        { "faults: [{ fault: dependency.latency, with: { p5: 2ms } }]", "9:51: dependency.latency has no parameter 'p5'; did you mean 'p50'?" },
        { "faults: [{ fault: dependency.latency, with: { p50: 80 } }]", "9:56: '80' has no unit; write 80s or 80ms" },
        { "faults: [{ fault: stream.cut }]", "9:14: stream.cut needs the parameter after; add with: { after: ... }; Bytes before the cut." },
        { "faults: [{ fault: stream.cut, with: { after: 4KB } }]", "9:50: 'KB' is not a unit of a size; use B, KiB, MiB or GiB, for example 4KiB" },
        { "faults: [{ fault: input.null_bytes, expect: { within: 2s } }]", "9:51: unknown key 'within' in an expectation; known: detectedWithin, recoveredWithin" },
        { "steadyState: [\"attainment >= 95\"]", "9:34: '95' is not a share of attainment; write 95%, or a fraction below 1" },
        { "steadyState: \"attainment >= 95%\"", "9:18: steady-state objectives are a list, not the value 'attainment >= 95%'; write [ ... ], or one line with - for each" },
        { "steadyState: [residual_recovery <= 10s]", "9:19: 'residual_recovery <= 10s' speaks of recovery, and the scenario has no fault; add faults:, or remove this line" },
        { "steadyState: [p99 e2e < 1s in fault]", "9:19: 'p99 e2e < 1s in fault' speaks of a phase of 0s; write phases: { fault: 10s }" },
        { "steadyState: [p99 e2e <= +5% vs baseline]", "9:19: 'p99 e2e <= +5% vs baseline' compares with a baseline, and the scenario has none; write targets: { baseline: NAME, candidate: NAME }" },
        { "steadyState: [canary_accuracy >= 99%]", "9:19: 'canary_accuracy >= 99%' speaks of canaries, and the mix has none; add a line with role: canary to the mix" },
        { "abort: [\"error_rate > 50% vs baseline\"]", "9:27: '50%' beside vs baseline has no sign; write +50% or -50% vs baseline" },
        { "abort: [\"error_rate > +50% vs baseline\"]", "9:13: an abort condition cannot wait for a comparison with the baseline; write a limit without vs baseline" },
        { "abort: [accuracy < 50% for 5s]", "9:13: accuracy is known only after the run, so that it cannot abort it; watch ttft, e2e, ttft_service, e2e_service, tpot, max_stall, dispatch_lag or error_rate, or make it a gate" },
        { "abort: [attainment < 50%]", "9:13: attainment is known only after the run, so that it cannot abort it; watch ttft, e2e, ttft_service, e2e_service, tpot, max_stall, dispatch_lag or error_rate, or make it a gate" },
    };

    [Theory]
    [MemberData(nameof(ScenarioLines))]
    public void Read_WrongScenario_SaysWhereWhatAndTheRemedy(string lines, string expected) =>
        Assert.Equal($"suite.yaml:{expected}", Assert.Single(Some.Problems(Some.With(lines))));

    /// <summary>Replacements in the smallest file.</summary>
    public static TheoryData<string, string, string> Replacements => new()
    {
        { "version: 1", "version: 2", "1:10: '2' is not a whole number from 1 to 1; write a whole number in that range, without a unit" },
        { "version: 1\n", "", "1:1: the file has no version; add version: 1" },
        { "version: 1", "version: 1\nseed: -1", "2:7: '-1' is not a seed; write a whole number from 0 to 18446744073709551615" },
        { "version: 1", "version: 1\nlimits: {}", "2:1: unknown key 'limits' in the file; known: version, seed, targets, prompts, scenarios, allow" },
        { "type: onnx, ", "type: tensorflow, ", "3:22: the value 'tensorflow' is no type of target; write onnx (a model folder) or openai (an HTTP endpoint)" },
        { "model: models/triage", "modle: models/triage", "3:28: unknown key 'modle' in an onnx target; did you mean 'model'?|3:14: an onnx target has no model; add model: scenarios/models/triage-v1" },
        { "model: models/triage", "model: m, replicas: 0", "3:48: '0' is not a whole number from 1 to 64; write a whole number in that range, without a unit" },
        { "model: models/triage", "model: m, device: tpu", "3:46: 'tpu' is not a device; write it like auto, cpu, cuda or cuda:0" },
        { "model: models/triage", "model: m, contextStore: off", "3:52: 'off' is not a context store; known: none" },
        { "model: models/triage", "model: m, contextStore: { latency: 5 }", "3:63: '5' has no unit; write 5s or 5ms" },
        { "type: onnx, model: models/triage", "url: ftp://x/v1, model: m", "3:21: the scheme 'ftp' is not HTTP; write http://HOST:PORT/v1 or https://HOST/v1" },
        { "type: onnx, model: models/triage", "url: \"http://x:pass word@/v1\", model: m", "3:21: this is not a URL; write http://HOST:PORT/v1 or https://HOST/v1" },
        { "type: onnx, model: models/triage", "url: http://x/v1, model: m, apiKey: sk-secret", "3:52: a key written into the file; name an environment variable, \"${API_KEY}\", and allow it with --allow-env API_KEY" },
        { "type: onnx, model: models/triage", "url: http://x/v1, model: m, apiKey: \"${KEY\"", "3:52: ${ without a variable's name and }; write ${NAME} with letters, digits and underscores" },
        { "type: onnx, model: models/triage", "url: http://x/v1, model: m, headers: { Authorization: Bearer secret }", "3:53: the secret header Authorization is written into the file; name an environment variable: Authorization: \"${NAME}\"" },
        { "type: onnx, model: models/triage", "url: http://x/v1, model: m, headers: { \"X\\nY\": z }", "3:55: 'X<U+000A>Y' is no name; write the name of an HTTP header" },
        { "type: onnx, model: models/triage", "url: http://x/v1, model: m, clientKey: k.pem", "3:55: a client certificate needs its key, and a key its certificate; write both clientCertificate and clientKey" },
        { "type: onnx, model: models/triage", "url: http://x/v1, model: m, budget: { cost: 2 }", "3:60: a cost without prices is never reached; add inputPrice and outputPrice, per million tokens" },
        { "type: onnx, model: models/triage", "url: http://x/v1, model: m, api: responses", "3:49: 'responses' is not an API; known: chat, completions" },
        { "candidate: {", "a b: {", "3:3: 'a b' is no name; write 1 to 64 letters, digits, dots, hyphens and underscores, starting with a letter or digit" },
        { "tickets: recorded/tickets.jsonl", "tickets: recorded/tickets.jsonl\n  fair: { counterfactual: [he/she], from: tickets }", "6:28: 'he/she' names no groups; write what differs, the groups and their words: gender male/female: he/she, his/her|8:5: the scenario does not say what it asks; add mix: [{ prompts: tickets }]" },
        { "tickets: recorded/tickets.jsonl", "tickets: recorded/tickets.jsonl\n  fair: { counterfactual: ['gender male/female: he/she/they'], from: tickets }", "6:28: 'he/she/they' is not one word for each of male/female; write 2 words with a slash between|8:5: the scenario does not say what it asks; add mix: [{ prompts: tickets }]" },
        { "tickets: recorded/tickets.jsonl", "tickets: {}", "5:12: a prompt set that comes from nowhere; write exactly one of recorded, adversarial, generated, trace, prefixed or counterfactual" },
        { "tickets: recorded/tickets.jsonl", "tickets: { recorded: a, generated: b }", "5:12: a prompt set that comes from two places; write exactly one of recorded, adversarial, generated, trace, prefixed or counterfactual" },
        { "tickets: recorded/tickets.jsonl", "tickets: { recorded: a, format: csv }", "5:35: 'csv' is not a format; known: prompt-lines, messages, openai-batch, sharegpt, string-array, text" },
        { "tickets: recorded/tickets.jsonl", "tickets: { adversarial: [unicod], corpora: a }", "5:28: there is no mutator 'unicod'; did you mean 'unicode'?" },
        { "tickets: recorded/tickets.jsonl", "tickets: { adversarial: unicode }", "5:27: mutators without prompts to damage; add from: and the name of a prompt set" },
        { "tickets: recorded/tickets.jsonl", "tickets: { adversarial: [] }", "5:27: neither mutators nor corpora; name at least one mutator, or files under corpora:" },
        { "tickets: recorded/tickets.jsonl", "tickets: { adversarial: unicode, from: tickets }", "5:42: the prompt set 'tickets' is made from itself; name another prompt set" },
        { "tickets: recorded/tickets.jsonl", "tickets: { generated: support-ticket, locales: [fr] }", "5:51: there is no locale 'fr'; known: en, de, ja" },
        { "rate: 20/s", "rate: 20", "7:11: '20' has no unit; write 20/s or 20/min" },
        { "rate: 20/s", "rate: 0/s", "7:11: '0/s' is outside the rates that can be planned; write a rate above 0/s, up to 1000000/s" },
        { "rate: 20/s", "drain: 1s", "7:5: the scenario has no workload; add rate: 10/s" },
        { "rate: 20/s", "workload: { opened: 1 }", "7:17: a workload of no known kind; did you mean 'open'?" },
        { "rate: 20/s", "workload: { open: { arrivals: ramp, from: 1/s } }", "7:23: ramp arrivals have no to; add to: 80/s" },
        { "rate: 20/s", "workload: { open: { rate: 1/s, to: 2/s } }", "7:40: to means nothing to poisson arrivals; write rate:, or arrivals: ramp" },
        { "rate: 20/s", "workload: { open: { arrivals: bursty, rate: 1/s } }", "7:35: 'bursty' is not an arrival process; known: poisson, constant, ramp, gamma, weibull" },
        { "rate: 20/s", "workload: { closed: { client: 8 } }", "7:27: unknown key 'client' in a closed workload; did you mean 'clients'?|7:25: a closed workload has no clients; add clients: 8" },
        { "rate: 20/s", "workload: { closed: { clients: 2 } }\n    mix: [{ prompts: tickets, batch: [1, 4] }]", "8:38: a batch in a closed workload: its clients ask one request at a time; remove batch:, and raise clients: instead" },
        { "rate: 20/s", "workload: { closed: { clients: 2 } }\n    targets: { baseline: candidate, candidate: candidate }", "8:14: an A/B run in a closed workload: its two arms would not get the same arrivals; write workload: { open: 20/s }, or one target:" },
        { "p99 ttft < 800ms", "p99 ttft < 800", "8:25: '800' has no unit; write 800s or 800ms" },
        { "\"p99 ttft < 800ms\"", "{ gates: p99 ttft < 1s }", "8:13: a gate is one line of text, or one of gate:, guard: and info: with it; write \"p99 ttft < 800ms\", or { guard: \"p99 ttft < 800ms\" }" },
        { "gates: [\"p99 ttft < 800ms\"]", "name: a\n  - name: A\n    rate: 1/s", "9:11: a second scenario with the name 'A'; give each scenario its own name" },
    };

    [Theory]
    [MemberData(nameof(Replacements))]
    public void Read_WrongFile_SaysWhereWhatAndTheRemedy(string old, string replacement, string expected)
    {
        Assert.Contains(old, Some.Smallest, StringComparison.Ordinal);

        var problems = Some.Problems(Some.Smallest.Replace(old, replacement, StringComparison.Ordinal));

        var lines = expected.Split('|').Select(line => $"suite.yaml:{line}").Order(StringComparer.Ordinal);
        Assert.Equal(lines, problems.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_ManyMistakes_AreToldAtOnceInFileOrder()
    {
        const string Text = """
            version: 1
            targets:
              candidate: { type: onnx, model: m, replicas: many }
              staging: { url: nowhere, model: m }
            prompts:
              tickets: { recorded: t.jsonl, limit: 0 }
            scenarios:
              - rate: 20
                target: candidate
                gates: ["goodput >= 95%", "ttft < 1s"]
              - rate: 5/s
                target: candidat
            """;

        Assert.Equal(
        [
            "suite.yaml:3:48: 'many' is not a whole number from 1 to 64; write a whole number in that range, without a unit",
            "suite.yaml:4:19: this is not a URL; write http://HOST:PORT/v1 or https://HOST/v1",
            "suite.yaml:6:40: '0' is not a whole number from 1 to 1000000; write a whole number in that range, without a unit",
            "suite.yaml:8:11: '20' has no unit; write 20/s or 20/min",
            "suite.yaml:10:25: goodput is a rate, and '95%' is not; write attainment for the share of good requests: attainment >= 95%",
            "suite.yaml:10:31: ttft has one value per request or more; one number is needed; say which: p99 ttft < 1s",
            "suite.yaml:12:13: there is no target 'candidat'; did you mean 'candidate'?",
        ], Some.Problems(Text));
    }

    [Fact]
    public void Read_MissingFile_NamesTheResolvedPath()
    {
        var options = Some.Options with { FileExists = path => path == Path.Combine("suites", "models/triage") };

        var read = ChaosBench.Scenarios.Files.ScenarioReader.Read("suites/small.yaml", System.Text.Encoding.UTF8.GetBytes(Some.Smallest), options);

        Assert.Equal(
            "suites/small.yaml:5:12: there is no file or folder 'suites/recorded/tickets.jsonl'; paths are relative to the scenario file's folder",
            Assert.Single(read.Problems).ToString());
    }
}
