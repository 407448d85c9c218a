using System.Globalization;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Calibrating;

/// <summary>What a run's reports quote of the machine's calibration of gates: part of its manifest, so that they stay what they were.</summary>
public sealed record GateQuote
{
    public required DateTimeOffset MeasuredUtc { get; init; }
    public string? Cpu { get; init; }
    public required int Cores { get; init; }
    public required string Scenario { get; init; }
    public required double ArmSeconds { get; init; }
    public required double RequestsPerArm { get; init; }

    /// <summary>Pairs of identical builds.</summary>
    public required int Recorded { get; init; }

    /// <summary>Those that are about the same thing as a gate of the run.</summary>
    public required IReadOnlyList<GateErrors> Gates { get; init; }

    /// <summary>Null: it is of another machine, in doubt, or about other gates.</summary>
    public static GateQuote? Of(GateCalibration known, IReadOnlyList<Objective> gates, MachineFacts machine)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(gates);
        var about = known.Gates.Where(errors => gates.Any(errors.IsAbout)).ToList();
        return about.Count == 0 || known.Doubts.Count > 0 || !known.Machine.IsLike(machine) ? null : new GateQuote
        {
            MeasuredUtc = known.MeasuredUtc,
            Cpu = known.Machine.Cpu,
            Cores = known.Machine.Cores,
            Scenario = known.Scenario,
            ArmSeconds = known.ArmSeconds,
            RequestsPerArm = known.RequestsPerArm,
            Recorded = known.Recorded.GetValueOrDefault(GateEstimate.Same),
            Gates = about,
        };
    }

    /// <summary>A sentence for each gate of the run that something is known of: the rates, their margin, the day and the machine.</summary>
    public static IReadOnlyList<string> Sentences(RunReport run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Manifest.Gates is not { } quote ? []
            : [.. run.Measurements.Run.Gates.Select(gate => quote.Sentence(gate, PairsOf(run, gate))).OfType<string>()];
    }

    /// <summary>The calibrated gate with the same margin, else with the nearest; null: none is about this.</summary>
    internal string? Sentence(Objective gate, int? pairs)
    {
        var known = Gates.Where(errors => errors.IsAbout(gate)).MinBy(errors => Math.Abs(errors.Limit - gate.Limit));
        return known is null || GateWords.Sentence(known, pairs) is not { } sentence ? null
            : string.Create(CultureInfo.InvariantCulture, $"On this machine {sentence} (Estimated by resampling {Recorded} recorded pairs of '{Scenario}', "
                + $"{Wording.Number(RequestsPerArm)} requests in a turn of {Wording.Duration(ArmSeconds)}; {MeasuredUtc.UtcDateTime:yyyy-MM-dd}, {Cpu ?? "unknown processor"}, {Cores} cores"
                + $"{(known.Limit.Equals(gate.Limit) ? "" : $"; the margin of this run's gate is another: {gate.Text}")}.)");
    }

    private static int? PairsOf(RunReport run, Objective gate) =>
        run.Summary.Findings.FirstOrDefault(finding => finding.Objective == gate.Text && finding.BaselineObserved is not null) is Finding found
            ? (int)Math.Min(found.Samples, int.MaxValue) : null;
}
