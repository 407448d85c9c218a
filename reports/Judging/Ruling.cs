using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Judging;

/// <summary>An objective judged, before it is dressed as a <see cref="Finding"/>.</summary>
internal sealed record Ruling
{
    public required FindingVerdict Verdict { get; init; }
    public required string ReasonCode { get; init; }
    public required string Advice { get; init; }
    public double? Observed { get; init; }
    public long Samples { get; init; }
    public Interval? Interval { get; init; }
    public double? BaselineObserved { get; init; }

    /// <summary>Of something this bad or worse if the truth lay on the limit. Null: no conclusion from a sample.</summary>
    public double? Chance { get; init; }

    /// <summary>Pairs that would decide it, beyond those there are.</summary>
    public long? MorePairs { get; init; }

    /// <summary>What it was made of, where it was judged part by part.</summary>
    public IReadOnlyList<FindingPart>? Parts { get; init; }

    /// <summary>Null: the unit of the metric.</summary>
    public string? Unit { get; init; }

    public static Ruling Undecided(string reasonCode, string advice) =>
        new() { Verdict = FindingVerdict.Inconclusive, ReasonCode = reasonCode, Advice = advice };
}

/// <summary>The stable reason codes of findings.</summary>
public static class ReasonCodes
{
    public const string Held = "held";
    public const string Broken = "broken";
    public const string TooFewSamples = "too-few-samples";

    /// <summary>It would fail alone, but not after the correction for the number of gates.</summary>
    public const string NotAmongSeveral = "not-significant-among-several";
    public const string Straddles = "interval-straddles-limit";
    public const string NotMeasured = "not-measured";

    /// <summary>The two numbers have one name and two meanings.</summary>
    public const string DifferentDefinition = "different-definition";
    public const string GeneratorLimited = "generator-limited";
    public const string BaselineNotSteady = "baseline-not-steady";
    public const string FaultsNotInjected = "faults-not-injected";
    public const string NotWatchedLongEnough = "not-watched-long-enough";
    public const string BaselineMissing = "baseline-missing";

    /// <summary>The run that a name stands for is gone, changed, damaged or too new.</summary>
    public const string BaselineUnreadable = "baseline-unreadable";

    /// <summary>Baseline and run differ in more than the version.</summary>
    public const string BaselineDiffers = "baseline-differs";
    public const string TooFewBlocks = "too-few-blocks";

    /// <summary>Other programs used the machine in too many of the blocks.</summary>
    public const string MachineDisturbed = "machine-disturbed";

    /// <summary>A run that goes on until it is decided had no pair left.</summary>
    public const string BudgetSpent = "budget-spent";
    public const string JournalIncomplete = "journal-incomplete";
    public const string NotHealed = "not-healed";
    public const string HardFail = "hard-fail";
    public const string DamageStays = "damage-stays";
    public const string RunCutShort = "run-cut-short";

    /// <summary>One slice of a plan alone.</summary>
    public const string OneShard = "one-shard";
    public const string ShardMissing = "shard-missing";
    public const string ShardLate = "shard-late";
}
