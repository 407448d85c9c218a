using System.Globalization;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running.Shards;

/// <summary>Where engines that start many processes tell each of them which it is.</summary>
internal static class ShardPlace
{
    public const string NumberVariable = "CHAOSBENCH_SHARD";
    public const string CountVariable = "CHAOSBENCH_SHARDS";
    public const string StartVariable = "CHAOSBENCH_START_AT";

    /// <summary>What a Docker Swarm service sets to <c>{{.Task.Slot}}</c>.</summary>
    public const string SlotVariable = "CHAOSBENCH_SLOT";

    // Swarm's identifiers: 25 digits of base 36.
    private const int NodeIdLength = 25;

    // In this order: what was said to us, then what an engine says to everybody. A step of a Slurm job (srun) lies inside an array's task.
    private static readonly Source[] Sources =
    [
        new("ChaosBench", NumberVariable, 1, CountVariable),
        new("Docker Swarm's {{.Task.Slot}}", SlotVariable, 1, CountVariable) { ZeroIsNode = true },
        new("a Kubernetes Indexed Job", "JOB_COMPLETION_INDEX", 0, CountVariable),
        new("a Slurm array", "SLURM_ARRAY_TASK_ID", null, "SLURM_ARRAY_TASK_COUNT") { First = "SLURM_ARRAY_TASK_MIN", Step = "SLURM_ARRAY_TASK_STEP" },
        new("srun", "SLURM_PROCID", 0, "SLURM_NTASKS"),
        new("GitLab's parallel", "CI_NODE_INDEX", 1, "CI_NODE_TOTAL"),
        new("CircleCI's parallelism", "CIRCLE_NODE_INDEX", 0, "CIRCLE_NODE_TOTAL"),
        new("Buildkite's parallelism", "BUILDKITE_PARALLEL_JOB", 0, "BUILDKITE_PARALLEL_JOB_COUNT"),
    ];

    /// <param name="read">A variable of the environment; null when it is not set.</param>
    /// <exception cref="UsageException">None of the known ones is set, or one that is makes no sense.</exception>
    public static Shard Find(Func<string, string?> read)
    {
        foreach (var source in Sources)
        {
            if (read(source.Number) is { Length: > 0 } number && read(source.Count) is { Length: > 0 } count)
            {
                return Place(source, number, count, read);
            }
        }

        throw new UsageException("--shard auto: the environment does not say which shard this is; set "
            + $"{NumberVariable} (from 1) and {CountVariable}, or write --shard K/N. Known as well: "
            + string.Join("; ", Sources.Skip(1).Select(source => $"{source.Number} and {source.Count} ({source.Name})")) + ".");
    }

    private static Shard Place(Source source, string number, string count, Func<string, string?> read)
    {
        var first = source.From ?? Number(source.First!, read(source.First!) ?? "");
        var step = source.Step is { } name && read(name) is { Length: > 0 } text ? Number(name, text) : 1;
        var of = Number(source.Count, count);
        var past = source.ZeroIsNode && IsZeroSlot(number) ? of - first : Number(source.Number, number) - first;
        return step > 0 && past >= 0 && past % step == 0 && of is >= 1 and <= Shard.Most && past / step < of
            ? new Shard((int)(past / step) + 1, (int)of)
            : throw new UsageException($"--shard auto: {source.Number}={Printable.Line(number, 20)} and {source.Count}={Printable.Line(count, 20)} "
                + $"({source.Name}) name no shard of 1 to {Shard.Most}; write --shard K/N.");
    }

    /// <summary>A replicated job's slots begin at 0, a replicated service's at 1, and where the slot is 0 Swarm writes the node's id in its place.</summary>
    private static bool IsZeroSlot(string text) => text == "0" || (text.Length == NodeIdLength && text.All(char.IsAsciiLetterOrDigit));

    private static long Number(string variable, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue
            ? number
            : throw new UsageException($"--shard auto: {variable} is '{Printable.Line(text, 20)}', not a number; write --shard K/N.");

    /// <param name="From">Number of the first one. Null: the variable <see cref="First"/> says it.</param>
    private sealed record Source(string Name, string Number, int? From, string Count)
    {
        public string? First { get; init; }
        public string? Step { get; init; }

        /// <summary>Slot 0 may be there, as a node's id, and is the last shard: so jobs (0 to N-1) and services (1 to N) have N of them.</summary>
        public bool ZeroIsNode { get; init; }
    }
}
