using ChaosBench.Harness;
using ChaosBench.Harness.Running.Shards;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Harness.Running.Shards;

public sealed class ShardPlaceTests
{
    [Theory]
    [InlineData("CHAOSBENCH_SHARD=2 CHAOSBENCH_SHARDS=4", 2, 4)]
    [InlineData("JOB_COMPLETION_INDEX=0 CHAOSBENCH_SHARDS=4", 1, 4)]
    [InlineData("CHAOSBENCH_SLOT=1 CHAOSBENCH_SHARDS=4", 1, 4)]
    [InlineData("CHAOSBENCH_SLOT=4 CHAOSBENCH_SHARDS=4", 4, 4)]
    [InlineData("CHAOSBENCH_SLOT=0 CHAOSBENCH_SHARDS=4", 4, 4)]
    [InlineData("CHAOSBENCH_SLOT=y2jhzpgbeyxlffs4iq3o1lsqg CHAOSBENCH_SHARDS=4", 4, 4)]
    [InlineData("SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=4", 3, 4)]
    [InlineData("SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=4", 3, 4)]
    [InlineData("SLURM_PROCID=3 SLURM_NTASKS=4", 4, 4)]
    [InlineData("CI_NODE_INDEX=1 CI_NODE_TOTAL=3", 1, 3)]
    [InlineData("CIRCLE_NODE_INDEX=2 CIRCLE_NODE_TOTAL=3", 3, 3)]
    [InlineData("BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=2", 1, 2)]
    [InlineData("CHAOSBENCH_SHARD=1 CHAOSBENCH_SHARDS=2 SLURM_PROCID=3 SLURM_NTASKS=4", 1, 2)]
    public void Find_KnownEngine_ItsShard(string environment, int number, int of) => Assert.Equal(new Shard(number, of), ShardPlace.Find(Of(environment)));

    [Theory]
    [InlineData("", "the environment does not say which shard this is")]
    [InlineData("JOB_COMPLETION_INDEX=0", "the environment does not say which shard this is")]
    [InlineData("CHAOSBENCH_SHARD=5 CHAOSBENCH_SHARDS=4", "name no shard")]
    [InlineData("CHAOSBENCH_SHARD=0 CHAOSBENCH_SHARDS=4", "name no shard")]
    [InlineData("CHAOSBENCH_SLOT=5 CHAOSBENCH_SHARDS=4", "name no shard")]
    [InlineData("CHAOSBENCH_SLOT=y2jhzpgbeyxlffs4iq3o1lsqg CHAOSBENCH_SHARDS=0", "name no shard")]
    [InlineData("CHAOSBENCH_SLOT={{.Task.Slot}} CHAOSBENCH_SHARDS=4", "CHAOSBENCH_SLOT is '{{.Task.Slot}}', not a number")]
    [InlineData("CHAOSBENCH_SHARD=one CHAOSBENCH_SHARDS=4", "CHAOSBENCH_SHARD is 'one', not a number")]
    [InlineData("SLURM_ARRAY_TASK_ID=11 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=4", "name no shard")]
    public void Find_NoShard_SaysWhatWouldDo(string environment, string says)
    {
        var refusal = Assert.Throws<UsageException>(() => ShardPlace.Find(Of(environment)));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--shard K/N", refusal.Message, StringComparison.Ordinal);
    }

    private static Func<string, string?> Of(string environment)
    {
        var set = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => set.GetValueOrDefault(name);
    }
}
