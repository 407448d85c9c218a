using System.Text.Json;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Tests.Scenarios.Traces;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class ImportCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task Import_Json_HasTheNormativeKeys()
    {
        var file = _folder.File("g.jsonl", Samples.All.Single(sample => sample.Format == "mooncake").Text);

        Assert.Equal(0, await Call("import", "mooncake", file, "--json"));

        using var preview = JsonDocument.Parse(_out.ToString());
        var root = preview.RootElement;
        Assert.Equal((2, 0), (root.GetProperty("rows").GetInt32(), root.GetProperty("skipped").GetInt32()));
        Assert.Equal(3.0, root.GetProperty("spanSeconds").GetDouble());
        Assert.Equal(1 / 3.0, root.GetProperty("ratePerSecond").GetDouble(), 9);
        Assert.Equal("milliseconds", root.GetProperty("unit").GetString());
    }

    [Fact]
    public async Task Import_Out_WritesATraceThatReadsBack()
    {
        var file = _folder.File("g.jsonl", Samples.All.Single(sample => sample.Format == "mooncake").Text);
        var output = Path.Combine(_folder.Path, "out.jsonl");

        Assert.Equal(0, await Call("import", "mooncake", file, "--out", output));
        Assert.Equal(0, await Call("import", "auto", output));

        Assert.Equal("""{"chaosbench":"trace","version":1,"source":"mooncake","blockTokens":512}""", File.ReadLines(output).First());
        Assert.Equal("""{"at":3000000000,"in":7322,"out":490,"hashIds":[0,14]}""", File.ReadLines(output).Last());
        Assert.Contains("format     chaosbench", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("blocks of 512 tokens", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_RefusedTrace_LeavesNoFile()
    {
        var file = _folder.File("bad.jsonl", "{\"timestamp\": 0, \"input_length\": 1}\n{oops\n");
        var output = Path.Combine(_folder.Path, "out.jsonl");

        Assert.Equal(4, await Call("import", "mooncake", file, "--out", output));

        Assert.StartsWith($"{file}:2: not valid JSON", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["bad.jsonl"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Import_Window_IsCutAndShiftedToItsStart()
    {
        var file = _folder.File("g.jsonl", string.Concat(Enumerable.Range(0, 100).Select(row => $"{{\"timestamp\": {5000 + (row * 1000)}, \"input_length\": {row}}}\n")));
        var output = Path.Combine(_folder.Path, "out.jsonl");

        Assert.Equal(0, await Call("import", "mooncake", file, "--from", "10s", "--for", "5s", "--out", output));

        Assert.Equal(
            ["""{"at":0,"in":10}""", """{"at":1000000000,"in":11}""", """{"at":2000000000,"in":12}""", """{"at":3000000000,"in":13}""", """{"at":4000000000,"in":14}"""],
            File.ReadLines(output).Skip(1));
    }

    [Fact]
    public async Task Import_Sessions_KeepsWholeOnes()
    {
        var file = _folder.File("s.jsonl", string.Concat(Enumerable.Range(0, 2_000).Select(row => $"{{\"session_id\":\"s{row % 400}\",\"text\":\"x\",\"timestamp\":{row * 100}}}\n")));
        var output = Path.Combine(_folder.Path, "out.jsonl");

        Assert.Equal(0, await Call("import", "aiperf", file, "--sessions", "25%", "--out", output));

        var kept = File.ReadLines(output).Skip(1).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("session").GetString()!).CountBy(name => name).ToList();
        Assert.All(kept, session => Assert.Equal(5, session.Value));
        Assert.InRange(kept.Count, 70, 130);
    }

    [Fact]
    public async Task Import_SeveralFiles_IsOneTable()
    {
        var one = _folder.File("a.csv", Samples.All[1].Text);
        var other = _folder.File("g.jsonl", Samples.All.Single(sample => sample.Format == "mooncake").Text);

        Assert.Equal(0, await Call("import", "auto", one, other));

        Assert.Contains($"| {one} | azure | 2 | 0 | 0 | 4.315s | 0.232/s | 385 / 76 |", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains($"| {other} | mooncake | 2 |", _out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mooncak", "did you mean 'mooncake'?")]
    [InlineData("mooncake --unit h", "--unit h: not known; write one of s, ms, us, ns")]
    [InlineData("mooncake --for 10", "--for 10: '10' has no unit")]
    [InlineData("mooncake --sessions 0.5", "--sessions 0.5: '0.5' has no unit; write 50%")]
    public async Task Import_BadUsage_NamesTheRemedy(string words, string message)
    {
        var parts = words.Split(' ');

        Assert.Equal(4, await Call(["import", parts[0], _folder.File("x", "x"), .. parts[1..]]));

        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    private Task<int> Call(params string[] arguments) =>
        CommandLine.RunAsync(arguments, new Terminal(_out, _error), TimeProvider.System);
}
