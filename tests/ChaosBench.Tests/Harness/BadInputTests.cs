using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>What goes wrong around a run: each says where and what to do, and what was written reads with <c>chaosbench report</c>.</summary>
public sealed class BadInputTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("retries: 3", "bad.yaml:12:5: unknown key 'retries'", "known:")]
    [InlineData("drain: 10", "bad.yaml:12:", "10s")]
    [InlineData("drain: 10/s", "bad.yaml:12:", "10s")]
    [InlineData("gates: [\"p95 e2e < 800\"]", "bad.yaml:12:", "800ms")]
    [InlineData("faults: [{ fault: input.null_bites }]", "bad.yaml:12:", "input.null_bytes")]
    [InlineData("allow: { exec: true }", "bad.yaml:12:5: unknown key 'allow'", "known:")]
    public async Task File_Wrong_SaysPlaceAndRemedy(string line, string place, string remedy)
    {
        Assert.Equal(4, await _session.RunAsync(Scenario(extra: line)));
        Assert.Contains(place, _session.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs));
    }

    [Fact]
    public async Task File_SeveralFlaws_AreToldAtOnce()
    {
        Assert.Equal(4, await _session.RunAsync(Scenario(extra: "drain: 10", target: "replicas: 2, ")));
        Assert.Contains("bad.yaml:3:", _session.Error, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:12:", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PromptFile_Missing_SaysWhere()
    {
        var file = Scenario();
        File.Delete(Path.Combine(_session.Folder.Path, "prompts.jsonl"));

        Assert.Equal(4, await _session.RunAsync(file));
        Assert.Contains("bad.yaml:4:", _session.Error, StringComparison.Ordinal);
        Assert.Contains("prompts.jsonl", _session.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.onnx", "cut", "export it anew")]
    [InlineData("model.onnx", "other", "logits")]
    [InlineData("model.onnx", "gone", "missing")]
    [InlineData("tokenizer.json", "gone", "missing")]
    [InlineData("tokenizer.json", "cut", "tokenizer.json")]
    [InlineData("config.json", "gone", "missing")]
    [InlineData("config.json", "cut", "config.json")]
    public async Task Model_Damaged_FailsWithTheFileAndTheRemedy(string file, string damage, string remedy)
    {
        var model = CopyOfModel();
        Damage(Path.Combine(model, file), damage);

        Assert.Equal(1, await _session.RunAsync(OnnxScenario(model)));

        Assert.Contains(file, _session.Summary.Headline, StringComparison.Ordinal);
        Assert.Contains(remedy, _session.Summary.Headline, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath));
        _session.Forget();
        Assert.Equal(4, await _session.CallAsync("serve", model, "--port", "0"));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PortInUse_SaysSoInOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(4, await _session.CallAsync("serve", Repository.Path("scenarios", "models", "triage-v1"), "--port", port));

        Assert.Single(_session.Error.TrimEnd().Split('\n'));
        Assert.Contains($"127.0.0.1:{port} is in use", _session.Error, StringComparison.Ordinal);
        Assert.Contains("port 0", _session.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve . --port 99999", "--port 99999: not a whole number from 0 to 65535")]
    [InlineData("serve . --port http", "--port http: not a whole number from 0 to 65535")]
    [InlineData("serve . --canary . --split 95/6", "--split 95/6: not a traffic split; write STABLE/CANARY in percent that sum to 100")]
    [InlineData("serve . --split 95/5", "--split is about a canary; add --canary MODEL_DIR")]
    [InlineData("serve . --canary . --split 95/5 --split-file x", "--split and --split-file both say")]
    [InlineData("serve . --canary . --split-file nowhere", "nowhere: is missing; write STABLE/CANARY")]
    [InlineData("serve . --replicas 0", "--replicas 0: not a whole number from 1 to 64")]
    [InlineData("serve . --max-batch 0", "--max-batch 0: not a whole number from 1 to 1024")]
    [InlineData("serve . --max-context 1", "--max-context 1: not a whole number from 2 to")]
    [InlineData("serve . --request-timeout 5", "--request-timeout 5: ")]
    [InlineData("serve . --request-timeout 0s", "--request-timeout 0s: outside 1ms to 24h")]
    [InlineData("serve . --device tpu", "write auto, cpu, cuda or cuda:N")]
    [InlineData("run x.yaml --seed -1", "--seed -1: not a whole number from 0")]
    [InlineData("run x.yaml --inconclusive maybe", "keep, fail, warn, pass")]
    [InlineData("report nowhere", "no such run folder")]
    public async Task Options_Wrong_AreToldInTheUsersWords(string line, string expected)
    {
        Assert.Equal(4, await _session.CallAsync(line.Split(' ')));
        Assert.Contains(expected, _session.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", _session.Error, StringComparison.Ordinal);
        Assert.Empty(_session.Out);
    }

    [Fact]
    public async Task Target_LostInTheMiddle_IsCountedAndJudged()
    {
        var run = _session.RunAsync(Scenario(extra: "gates: [\"error_rate <= 5%\"]", baseline: "4s"));
        await Eventually.TrueAsync(() => _endpoint.Requests >= 10, "ten requests came in");
        await _endpoint.DisposeAsync();

        Assert.Equal(1, await run);

        var counts = _session.Summary.Counts;
        Assert.True(counts["completed"] > 0);
        Assert.True(counts["connect-error"] > 0);
        Assert.Equal(counts["arrivals"], counts["completed"] + counts["connect-error"] + counts.GetValueOrDefault("reset") + counts.GetValueOrDefault("truncated"));
        Assert.Equal(120, counts["arrivals"]);
        Assert.Contains(_session.Summary.Findings, found => found.Objective == "error_rate <= 5%" && found.Verdict == FindingVerdict.Fail);
        Assert.Contains(_session.Observations(), seen => seen.Outcome == Outcome.ConnectError && seen.Reason!.Contains("refused", StringComparison.Ordinal));
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath));
    }

    [Theory]
    [InlineData("candidate", 1, RunVerdict.Fail)]
    [InlineData("baseline", 3, RunVerdict.Error)]
    public async Task Target_DownAtTheStart_LeavesARunThatReportReads(string role, int code, RunVerdict verdict)
    {
        var other = role == "candidate" ? "baseline" : "candidate";
        var file = Scenario(targets: $$"""gone: { type: openai, url: "http://127.0.0.1:9/v1", model: m }, """, extra: $$"""targets: { {{role}}: gone, {{other}}: remote }""");

        Assert.Equal(code, await _session.RunAsync(file));

        Assert.Equal(verdict, _session.Summary.Verdict);
        Assert.Contains("http://127.0.0.1:9/v1", _session.Summary.Headline, StringComparison.Ordinal);
        Assert.Contains("is it running", _session.Summary.Headline, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath));
        Assert.Equal(0, _endpoint.Requests);
    }

    [SkippableFact]
    public async Task Disk_FullInTheMiddle_EndsTheRunAndTheJournalReads()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs ulimit");
        // The same as a full disk to whoever writes: no file grows beyond some KiB. W^X would map the runtime's own code from such a file.
        const string FullDisk = "export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f 48;";
        using var run = CommandProcess.Start(
            _session.Folder.Path, FullDisk, ["run", Scenario(baseline: "60s"), "--out", _session.Runs]);

        Assert.Equal(3, await run.ExitAsync());

        Assert.Contains("journal.jsonl: the journal cannot be written", run.Error, StringComparison.Ordinal);
        Assert.Contains("--out", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath));
        Assert.Equal(RunVerdict.Error, _session.Summary.Verdict);
        Assert.True(_session.Summary.Counts["completed"] > 0);
    }

    [Fact]
    public async Task Secret_EchoedByTheServer_IsNowhere()
    {
        const string Secret = "sk-echo-5f3a9c";
        Environment.SetEnvironmentVariable("CHAOSBENCH_ECHO_KEY", Secret);
        _endpoint.Status = 400;
        _endpoint.ErrorBody = request =>
            $$$"""{"error":{"message":"bad key {{{request.Headers.Authorization}}}","type":"{{{request.Headers["X-Team"]}}}","code":"{{{request.Headers["X-Team"]}}}"}}""";

        await _session.RunAsync(
            Scenario(target: "apiKey: \"${CHAOSBENCH_ECHO_KEY}\", headers: { X-Team: \"${CHAOSBENCH_ECHO_KEY}\" }, "),
            "--allow-env", "CHAOSBENCH_ECHO_KEY");

        Assert.Equal(30, _session.Summary.Counts["refused"]);
        Assert.DoesNotContain(Secret, _session.Everything(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:geheim-77@127.0.0.1:9/v1")]
    [InlineData("http://127.0.0.1:9/v1?key=geheim-77")]
    [InlineData("http://127.0.0.1:9/geheim-77/../v1?x=geheim-77#geheim-77")]
    [InlineData("geheim-77")]
    [InlineData("http://geheim-77.example.test/v1")]
    public async Task Secret_InAUrl_IsNowhere(string url)
    {
        Environment.SetEnvironmentVariable("CHAOSBENCH_SECRET_URL", url);
        Directory.CreateDirectory(_session.Runs);

        Assert.NotEqual(0, await _session.RunAsync(
            Scenario(url: "${CHAOSBENCH_SECRET_URL}"), "--allow-env", "CHAOSBENCH_SECRET_URL"));

        Assert.DoesNotContain("geheim-77", _session.Everything(), StringComparison.Ordinal);
        Assert.NotEmpty(_session.Error);
    }

    [Fact]
    public async Task Certificate_ThatIsNone_ExitsFourBeforeAnythingIsWritten()
    {
        _session.Folder.File("ca.pem", "nonsense");

        Assert.Equal(4, await _session.RunAsync(Scenario(target: "caCertificate: ca.pem, ")));

        Assert.Contains("caCertificate", _session.Error, StringComparison.Ordinal);
        Assert.Contains("BEGIN CERTIFICATE", _session.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs));
    }

    [Fact]
    public async Task Authority_AskedForInTheFile_IsNotGranted()
    {
        var file = Scenario(url: "http://models.example.test/v1", head: "allow: { hosts: [models.example.test] }\n");

        Assert.Equal(4, await _session.RunAsync(file));
        Assert.Contains("--allow-host models.example.test", _session.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: \"evil \\e[31m\\e]0;owned\\a\"")]
    [InlineData("description: \"\\e[2J\\u202Egpj\\u2066\"\n    evil\\u202Ekey: 1")]
    [InlineData("gates: [\"p95 \\e[31me2e < 800ms\"]")]
    [InlineData("drain: \"\\e]0;owned\\a\"")]
    public async Task Text_WithEscapeSequences_ReachesTheTerminalMadeVisible(string line)
    {
        Assert.Equal(4, await _session.RunAsync(Scenario(name: line.StartsWith("name", StringComparison.Ordinal) ? line : "name: bad", extra: line.StartsWith("name", StringComparison.Ordinal) ? "drain: 10s" : line)));
        AssertPrintable(_session.Error);
    }

    [Fact]
    public async Task Names_OfFilesWithEscapeSequences_ReachTheTerminalMadeVisible()
    {
        var file = Scenario();
        var evil = Path.Combine(_session.Folder.Path, "evil\u001b[31m\u202egpj.yaml");
        File.Move(file, evil);
        File.WriteAllText(evil, (await File.ReadAllTextAsync(evil)).Replace("prompts.jsonl", "\"no\\e[2Jsuch.jsonl\"", StringComparison.Ordinal));

        Assert.Equal(4, await _session.RunAsync(evil));
        AssertPrintable(_session.Error);
        Assert.Contains("<U+001B>", _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.RunAsync(evil + ".gone"));
        AssertPrintable(_session.Error);
    }

    [Fact]
    public async Task Server_AnsweringEscapeSequences_ReachesNeitherTerminalNorReport()
    {
        _endpoint.Status = 400;
        _endpoint.ErrorBody = _ => JsonSerializer.Serialize(new { error = new { message = "\u001b]0;owned\a", type = "\u001b[31mred", code = "<script>alert(1)</script>" } });

        await _session.RunAsync(Scenario());

        AssertPrintable(_session.Error);
        Assert.DoesNotContain("<script>alert", await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "report.html")), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "report.md")));
    }

    private static void AssertPrintable(string text) =>
        Assert.DoesNotContain(text, letter => letter is < ' ' and not ('\n' or '\r') or '\u202e' or '\u2066' or '\u007f');

    private static void Damage(string file, string damage)
    {
        switch (damage)
        {
            case "cut":
                using (var stream = File.OpenWrite(file))
                {
                    stream.SetLength(stream.Length / 3);
                }

                break;
            case "other":
                File.Copy(Path.Combine(Path.GetDirectoryName(file)!, "embedding.onnx"), file, overwrite: true);
                break;
            case "gone":
                File.Delete(file);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage), damage, "cut, other or gone");
        }
    }

    private string CopyOfModel()
    {
        var copy = Directory.CreateDirectory(Path.Combine(_session.Folder.Path, "model")).FullName;
        // Without the form for cards, which would be served where model.onnx is gone.
        foreach (var file in Directory.EnumerateFiles(Repository.Path("scenarios", "models", "triage-v1")).Where(file => !file.EndsWith(".f16.onnx", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    private string OnnxScenario(string model)
    {
        Prompts();
        return _session.Folder.File("onnx.yaml", $$"""
            version: 1
            targets: { candidate: { type: onnx, model: "{{model}}" } }
            prompts: { sums: prompts.jsonl }
            scenarios: [ { name: broken, workload: 5/s, phases: { warmUp: 0s, baseline: 1s } } ]
            """);
    }

    private string Scenario(
        string extra = "drain: 10s", string target = "", string? url = null, string baseline = "1s", string targets = "",
        string head = "", string name = "name: bad")
    {
        Prompts();
        return _session.Folder.File("bad.yaml", $$"""
            version: 1
            seed: 7
            targets: { {{targets}}remote: { type: openai, {{target}}url: "{{url ?? _endpoint.Url}}", model: scripted } }
            prompts: { sums: prompts.jsonl }
            # Lines are counted by the tests.
            {{head}}scenarios:
              - {{name}}
                {{(targets.Length > 0 ? "description: two targets" : "target: remote")}}
                workload: { open: { arrivals: constant, rate: 30/s } }
                phases: { warmUp: 0s, baseline: {{baseline}} }
                objectives: { e2e: 60s }
                {{extra}}
            """);
    }

    private void Prompts() => _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
}
