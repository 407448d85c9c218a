using System.Text;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

/// <summary>Scenario files for tests, and the catalogue that they are read against.</summary>
internal static class Some
{
    public const string Smallest = """
        version: 1
        targets:
          candidate: { type: onnx, model: models/triage }
        prompts:
          tickets: recorded/tickets.jsonl
        scenarios:
          - rate: 20/s
            gates: ["p99 ttft < 800ms"]
        """;

    public static IReadOnlyList<FaultKind> Faults { get; } =
    [
        Kind("node.kill", Vantage.Server, FaultScope.Replica, "node"),
        Kind("input.null_bytes", Vantage.Input, FaultScope.Request, "input", new FaultParameter("count", "count", "1", "How many.")),
        Kind("dependency.latency", Vantage.Server, FaultScope.Request, "dependency",
            new FaultParameter("delay", "duration", "", "A fixed delay."), new FaultParameter("p50", "duration", "80ms", "Median."), new FaultParameter("p99", "duration", "900ms", "Tail.")),
        Kind("stream.cut", Vantage.Upstream, FaultScope.Stream, "stream",
            new FaultParameter("after", "size", null, "Bytes before the cut."), new FaultParameter("ratio", "share", "50%", "Where."), new FaultParameter("words", "text", "", "Said.")),
    ];

    public static ReadOptions Options { get; } = new()
    {
        Faults = Faults,
        Mutators = ["unicode", "flooding", "injection", "malformed"],
        Generators = ["support-ticket"],
        Locales = ["en", "de", "ja"],
    };

    public static ReadResult Read(string text, ReadOptions? options = null) =>
        ScenarioReader.Read("suite.yaml", Encoding.UTF8.GetBytes(text), options ?? Options);

    /// <summary>The suite of a file that has no problems.</summary>
    public static Suite Suite(string text, ReadOptions? options = null)
    {
        var read = Read(text, options);
        Assert.Equal([], read.Problems.Select(problem => problem.ToString()));
        return read.Suite!;
    }

    /// <summary>The one scenario of the smallest file with <paramref name="lines"/> added to it.</summary>
    public static Scenario Scenario(string lines) => Assert.Single(Suite(With(lines)).Scenarios);

    /// <summary>The smallest file, with lines at the indentation of a scenario's keys.</summary>
    public static string With(string lines) =>
        Smallest + "\n" + string.Join("\n", lines.Split('\n').Select(line => "    " + line)) + "\n";

    public static IReadOnlyList<string> Problems(string text, ReadOptions? options = null) =>
        [.. Read(text, options).Problems.Select(problem => problem.ToString())];

    private static FaultKind Kind(string name, Vantage vantage, FaultScope scope, string family, params FaultParameter[] parameters) =>
        new(name, vantage, scope, family, Fidelity.Simulated, $"What {name} does.", "Stays up.", parameters, $"{{ fault: {name} }}");
}
