using ChaosBench.Server.Workers;

namespace ChaosBench.Tests.Server.Workers;

public sealed class WorkerProgramTests
{
    [Fact]
    public void StartInfo_KeysInTheEnvironment_AreNotHandedToWorkers()
    {
        Environment.SetEnvironmentVariable("CHAOSBENCH_TEST_WORKER_KEY", "sk-secret");

        var environment = WorkerProgram.StartInfo().Environment;

        Assert.DoesNotContain("CHAOSBENCH_TEST_WORKER_KEY", environment.Keys);
        Assert.Contains("PATH", environment.Keys);
    }
}
