using System.Text.Json.Nodes;
using ChaosBench.Chaos;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Scenarios.Files;

/// <summary>The schema against a validator that the project did not write (ajv), and its keys against an approved list.</summary>
public sealed class SchemaWriterTests
{
    /// <summary>Every key of the format. Changing it changes what users have written: say so in the release notes.</summary>
    private const string ApprovedKeys = """
        adversarialPrompts: adversarial*, from, corpora
        after: fault*, event, delay
        allow: hosts, environment, exec, docker, pid
        arms: baseline, candidate*
        arrivalClient: arrivals, rate, from, to, cv, count, ramp, step, spike, sine, stages
        assertions: regex, notRegex, jsonSchema, number, rouge1, rouge2, rougeL, bleu, chrf, levenshtein, refusal, minChars, maxChars, minTokens, maxTokens, finishReason, language
        baselinePrices: input, output, deviceHour, devices
        blastRadius: share, replicas, duration, tokens, cost
        budget: requests, tokens, cost, inputPrice, outputPrice
        burst: windows*, for*, every*
        clientPolicy: retries, backoff, attemptTimeout, hedgeAfter
        closedWorkload: clients*, thinkTime, sessions
        contextStore: latency, timeout, fallback, postgres, connections, schema
        counterfactualPrompts: counterfactual*, swaps, from*
        detection: name, webhook, http, status, contains, prometheus, alert, query, command, every, means, fault
        expect: detectedWithin, recoveredWithin
        fault: fault*, at, for, burst, poisson, ramp, nth, until, after, gameDay, share, select, with, expect, minExposure, id
        faultRamp: of, from*, to*, steps
        gateLine: gate*
        generatedPrompts: generated*, locales, count
        guardLine: guard*
        guardrails: characters, tokens, surrogates, control, invisible, injection
        infoLine: info*
        judge: target*, criteria*, calibration*, repeats, answers
        mixEntry: prompts*, weight, temperature, maxTokens, stream, batch, role, grade, assert, assertRows
        objectives: ttft, e2e, tpot
        onnxTarget: type, model*, replicas, device, isolation, maxBatch, queueLimit, contextStore, guardrails, requestTimeout
        openWorkload: arrivals, rate, from, to, cv, ramp, step, spike, sine, stages, clients, replay, speed, sessions, thinkTime
        openaiTarget: type, url*, model*, apiKey, api, headers, apiVersion, caCertificate, clientCertificate, clientKey, proxy, requestTimeout, budget, retryAfter, usage, tokenizer, command, readyWithin
        phases: warmUp, baseline, fault, recovery
        poissonWindows: mean*, for*
        prefixedPrompts: prefixed*, groups, tokens
        preset: preset*, at, for, id
        prices: input, output, deviceHour, devices, baseline
        ramp: from, to*
        recordedPrompts: recorded*, format, limit
        scenario: name, description, target, targets, rate, workload, mix, phases, faults, blastRadius, objectives, detections, steadyState, abort, gates, untilDecided, split, shadow, starts, golden, reference, judge, prices, drain, clientPolicy, telemetry
        scrape: url*, name, every, keep
        select: replica, dependency, prompts, pidFile, container
        sine: mean*, amplitude*, period*
        spike: base*, peak*, at*, for*
        split: candidate*, rotate, by
        stage: for*, rate, to
        starts: within, requests
        step: from*, to*, at*
        suite: version*, seed, targets*, prompts*, scenarios*, allow
        telemetry: traceContext, sample, scrape
        tracedPrompts: trace*, format, unit, from, for, sessions, lengths, blockTokens
        workloadClosed: closed*
        workloadOpen: open*
        workloadRate: rate*
        """;

    [Fact]
    public void Write_Keys_AreTheApprovedOnes()
    {
        var definitions = JsonNode.Parse(SchemaWriter.Write(Some.Options))!["definitions"]!.AsObject();

        var keys = definitions.Select(definition =>
        {
            var required = definition.Value!["required"]?.AsArray().Select(name => name!.GetValue<string>()).ToHashSet() ?? [];
            return $"{definition.Key}: {string.Join(", ", definition.Value["properties"]!.AsObject().Select(key => key.Key + (required.Contains(key.Key) ? "*" : "")))}";
        });
        Assert.Equal(ApprovedKeys.Split('\n'), keys);
    }

    [Fact]
    public void Write_EveryKey_TeachesItsMeaning()
    {
        var definitions = JsonNode.Parse(SchemaWriter.Write(Some.Options))!["definitions"]!.AsObject();

        foreach (var (name, key) in definitions.SelectMany(definition => definition.Value!["properties"]!.AsObject()))
        {
            Assert.True(key!["description"]?.GetValue<string>().Length > 10, name);
            Assert.True(key["examples"] is not null || key["default"] is not null, name);
        }
    }

    [SkippableFact]
    public void Write_GoodAndBadFiles_AjvAgrees()
    {
        string[] good = [Some.Smallest, ScenarioReaderTests.Full];
        string[] bad =
        [
            Some.With("rat: 1/s"), Some.With("drain: 30"), Some.With("faults: [{ fault: node.kil }]"), Some.With("mix: [{ prompts: tickets, weight: heavy }]"),
            Some.With("faults: [{ fault: dependency.latency, with: { p5: 1ms } }]"), Some.With("faults: [{ fault: stream.cut }]"), Some.With("mix: tickets"),
            Some.Smallest.Replace("version: 1", "version: 2", StringComparison.Ordinal), Some.Smallest.Replace("model:", "modle:", StringComparison.Ordinal),
            Some.Smallest.Replace("rate: 20/s", "rate: 20", StringComparison.Ordinal), Some.Smallest.Replace("rate: 20/s", "workload: { closed: {} }", StringComparison.Ordinal),
        ];

        var answers = Ajv.Validate(SchemaWriter.Write(Some.Options), [.. good.Concat(bad).Select(Json)]);

        Assert.Equal(good.Select(_ => "valid").Concat(bad.Select(_ => "invalid")), answers.Select(answer => answer.Split(' ')[0]));
    }

    [SkippableTheory]
    [MemberData(nameof(RepositorySuiteTests.Suites), MemberType = typeof(RepositorySuiteTests))]
    public void Write_ShippedSuite_AjvAgrees(string suite) => Assert.Equal(
        "valid", Assert.Single(Ajv.Validate(SchemaWriter.Write(FaultCatalogue.All), [Json(File.ReadAllText(Repository.Path(suite)))])));

    /// <summary>What the reader accepts, the schema accepts: each example and default of the tables, in its place.</summary>
    [SkippableFact]
    public void Write_ExamplesAndDefaults_AreValid()
    {
        var schema = JsonNode.Parse(SchemaWriter.Write(Some.Options))!;
        var tests = new JsonArray();
        foreach (var definition in schema["definitions"]!.AsObject())
        {
            foreach (var (_, key) in definition.Value!["properties"]!.AsObject())
            {
                foreach (var value in new[] { key!["default"], key["examples"]?[0] }.OfType<JsonNode>())
                {
                    tests.Add(new JsonObject { ["schema"] = key.DeepClone(), ["value"] = value.DeepClone() });
                }
            }
        }

        var answers = Ajv.Validate(schema.ToJsonString(), [.. tests.Select(test => test!.ToJsonString())], perTest: true);

        Assert.Equal(tests.Count, answers.Count);
        Assert.All(answers, answer => Assert.Equal("valid", answer));
    }

    private static string Json(string yaml) =>
        NodeJson.Of(NodeTree.Parse(yaml, new Reading("x", new ReadOptions()))!)!.ToJsonString();
}
