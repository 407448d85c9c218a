using ChaosBench.Engine.Targets.Http;

namespace ChaosBench.Tests.Engine.Targets.Http;

public class ConnectionBudgetTests
{
    [Theory]
    [InlineData("32768\t60999\n", 28232)]
    [InlineData("1024 1024", 1)]
    [InlineData("60999 32768", null)]
    [InlineData("", null)]
    [InlineData("some ports", null)]
    public void PortsIn_KernelText_CountsThem(string text, int? ports) => Assert.Equal(ports, ConnectionBudget.PortsIn(text));

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             10                   10                   processes ", null)]
    public void FilesIn_KernelText_TakesTheLimitInForce(string line, int? files) =>
        Assert.Equal(files, ConnectionBudget.FilesIn(["Limit Soft Limit Hard Limit Units", line]));

    [Fact]
    public void Refusal_MoreClientsThanTheTighterLimit_SaysBothAndTheRemedy()
    {
        var budget = new ConnectionBudget(28232, 1024);

        Assert.Null(budget.Refusal(768));
        Assert.Equal(
            "769 clients need as many connections at once and this machine has room for 768 (28232 ephemeral ports, 1024 open files); "
            + "use fewer clients, or widen net.ipv4.ip_local_port_range and raise 'ulimit -n'",
            budget.Refusal(769));
    }
}
