using System.Text.Json;
using ChaosBench.Chaos;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;

namespace ChaosBench.Tests.Harness;

/// <summary>The commands that only tell something.</summary>
public sealed class CatalogueCommandTests : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task FaultsList_Json_HasEveryFaultWithTheNormativeKeys()
    {
        Assert.Equal(0, await Call("faults", "list", "--json"));
        using var document = JsonDocument.Parse(_out.ToString());
        Assert.Equal(FaultCatalogue.All.Count, document.RootElement.GetArrayLength());
        foreach (var fault in document.RootElement.EnumerateArray())
        {
            foreach (var key in new[] { "id", "vantage", "scope", "class", "fidelity", "parameters" })
            {
                Assert.True(fault.TryGetProperty(key, out _), key);
            }
        }
    }

    [Fact]
    public async Task FaultsDescribe_EveryFault_ShowsAnExampleToPaste()
    {
        foreach (var kind in FaultCatalogue.All)
        {
            Assert.Equal(0, await Call("faults", "describe", kind.Name));
            Assert.Contains(kind.Example, _out.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FaultsDescribe_Misspelt_NamesTheNearest()
    {
        Assert.Equal(4, await Call("faults", "describe", "node.kil"));
        Assert.Contains("node.kill", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_Here_FindsTheRuntime()
    {
        Assert.Equal(0, await Call("doctor"));
        Assert.Contains("onnx runtime", _out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("--version")]
    public async Task Call_Help_ExitsZero(params string[] arguments) => Assert.Equal(0, await Call(arguments));

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }

    private Task<int> Call(params string[] arguments) =>
        CommandLine.RunAsync(arguments, new Terminal(_out, _error), TimeProvider.System);
}
