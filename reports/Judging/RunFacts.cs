using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Importing;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>What the judge must know beside the measurements; it comes from the manifest and the command line.</summary>
public sealed record RunFacts
{
    /// <summary>What an inconclusive verdict does to the exit code. The default keeps its own code, 2.</summary>
    public InconclusivePolicy Inconclusive { get; init; } = InconclusivePolicy.Keep;

    /// <summary>Gates that do not count, by the operator's word.</summary>
    public IReadOnlyList<Waiver> Waivers { get; init; } = [];

    /// <summary>Model and generator share this process, so its CPU says nothing about the generator. Default true.</summary>
    public bool InProcess { get; init; } = true;

    /// <summary>Every version ran on the machine that made the load. Default false: nobody said so.</summary>
    public bool SharedMachine { get; init; }

    /// <summary>Logical processors of the machine that made the load. Null: unknown.</summary>
    public int? Cores { get; init; }

    /// <summary>The run beside a named baseline. Null: it was held against none.</summary>
    public RunBaseline? Baseline { get; init; }

    /// <summary>The journal's last line was cut.</summary>
    public bool JournalTruncated { get; init; }

    /// <summary>The run was another tool's. Null: ChaosBench made it.</summary>
    public ImportFacts? Import { get; init; }
}

/// <summary><c>--inconclusive</c>.</summary>
public enum InconclusivePolicy
{
    /// <summary>Not given: exit code 2.</summary>
    Keep,

    /// <summary>Exit code 1.</summary>
    Fail,

    /// <summary>Exit code 0, with a warning in the report.</summary>
    Warn,

    /// <summary>Exit code 0.</summary>
    Pass,
}
