using ChaosBench.Harness.Commands;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>What the operator chose for the calibration of gates.</summary>
internal sealed record GateSettings
{
    /// <summary>Pairs recorded without a break: the longest stretch that is lost when somebody stops it.</summary>
    public const int PairsPerRound = 20;

    public required LoadedSuite Loaded { get; init; }

    /// <summary>The one that is chosen, with both sides the same build.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>Arguments that begin the same calibration again.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    public required string ReplayCommand { get; init; }

    /// <summary>Of identical builds, and of each regression.</summary>
    public required int Pairs { get; init; }

    /// <summary>One version's turn.</summary>
    public required TimeSpan Arm { get; init; }

    /// <summary>Never empty.</summary>
    public required IReadOnlyList<Regression> Regressions { get; init; }

    public int Rounds => (Pairs + PairsPerRound - 1) / PairsPerRound;

    /// <summary>The mean gap between requests of the version whose turn it is, nanoseconds.</summary>
    public long MeanGap { get; init; }

    public int PairsIn(int round) => Math.Min(PairsPerRound, Pairs - ((round - 1) * PairsPerRound));

    /// <summary>The same build on both sides: the baseline where there is one, under two names.</summary>
    /// <param name="rate">Null: the scenario's own workload.</param>
    public static Scenario Twins(Scenario scenario, double? rate)
    {
        var served = scenario.Baseline ?? scenario.Candidate;
        return scenario with
        {
            Baseline = served,
            Candidate = served with { Name = served.Name + Again },
            Workload = rate is { } asked ? new Workload.Open(new ArrivalProcess.Poisson(new Rate(asked))) : scenario.Workload,
            // Gates are about versions, not about what is broken on the way.
            Faults = [],
            Abort = [],
            SteadyState = [],
            Detections = [],
            Golden = null,
            Judge = null,
            ClientPolicy = null,
            UntilDecided = null,
            Fresh = null,
        };
    }

    /// <summary>What the second of two equal targets is called.</summary>
    public const string Again = "-again";

    /// <summary>The seed of a round: the same for every regression, so that all of them meet the same traffic.</summary>
    public ulong SeedOf(int round) => new SplitMix64(unchecked(Loaded.Suite.Seed + (ulong)round)).NextUInt64();
}
