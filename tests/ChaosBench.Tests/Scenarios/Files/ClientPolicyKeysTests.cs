using ChaosBench.Chaos;
using ChaosBench.Scenarios.Files;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class ClientPolicyKeysTests
{
    [Fact]
    public void Read_Policy_HasItsDefaultsAndWhatIsWritten()
    {
        var policy = Read("clientPolicy: { retries: 3, hedgeAfter: 500ms }").Suite!.Scenarios[0].ClientPolicy!;

        Assert.Equal((3, TimeSpan.FromMilliseconds(100), null, TimeSpan.FromMilliseconds(500)), (policy.Retries, policy.Backoff, policy.AttemptTimeout, policy.HedgeAfter));
    }

    [Fact]
    public void Read_ClientFaultWithoutAPolicy_SaysThatThereIsNothingToTest()
    {
        var problem = Assert.Single(Read("faults: [{ fault: client.latency }]").Problems).ToString();

        Assert.Contains("there is nothing that it could test", problem, StringComparison.Ordinal);
        Assert.Contains("clientPolicy: { retries: 2 }", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clientPolicy: { retries: 11 }", "0 to 10")]
    [InlineData("clientPolicy: { retry: 1 }", "retries")]
    [InlineData("clientPolicy: { attemptTimeout: 5 }", "unit")]
    public void Read_BadPolicy_SaysWhatIsRight(string line, string remedy) =>
        Assert.Contains(Read(line).Problems, problem => problem.ToString().Contains(remedy, StringComparison.Ordinal));

    private static ReadResult Read(string line) => ScenarioReader.Read("s.yaml", System.Text.Encoding.UTF8.GetBytes($$"""
        version: 1
        targets: { stable: { model: m } }
        prompts: { p: { generated: support-ticket } }
        scenarios:
          - workload: 1/s
            phases: { fault: 5s }
            {{line}}
        """), new ReadOptions { Faults = FaultCatalogue.All });
}
