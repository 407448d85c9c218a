namespace ChaosBench.Reports.Capacity;

/// <summary>
/// Which rate to try next: doubling (or halving) until one holds and one does not, then halving the ratio between them, then the
/// found rate once more. A rate that ever failed is an upper limit for good, so that noise costs capacity and never invents some.
/// <code>
/// from: holds > x2 ... fails +                       + ratio within precision > the same once more > found
///   |                        + > geometric middle > +                                    | fails
///   + fails > /2 ... holds   +        ^ - - - - - - + &lt; - - - - - - - - - - - - - - - - +
/// </code>
/// Pure: the caller probes and reports.
/// </summary>
/// <param name="from">First rate, per second.</param>
/// <param name="to">Nothing above is tried.</param>
/// <param name="precision">The answer is within this share below the lowest rate that did not hold.</param>
public sealed class CapacitySearch(double from, double to, double precision)
{
    /// <summary>Below this share of the first rate the search gives up.</summary>
    public const double Floor = 1.0 / 64;

    /// <summary>A search that needs more does not converge: the machine or the target is too unsteady.</summary>
    public const int MostProbes = 40;

    /// <summary>A probe that its generator spoiled is repeated: a busy moment of the machine is no limit yet.</summary>
    public const int GeneratorTries = 3;

    private readonly List<(double Rate, ProbeVerdict Verdict)> _probes = [];

    /// <summary>Null while the search goes on.</summary>
    public CapacityEnding? Ending { get; private set; }

    /// <summary>The next rate to try; null when <see cref="Ending"/> is set.</summary>
    public double? Next => Ending is null ? Choose() : null;

    /// <summary><see cref="Next"/> is the rate that will be claimed if it holds once more: it deserves a longer probe.</summary>
    public bool Confirming => Next is { } rate && rate.Equals(Highest);

    /// <summary>The highest rate that held and is below every rate that did not; null: none did.</summary>
    public double? Highest => Held.Where(rate => rate < Limit).Select(rate => (double?)rate).Max();

    /// <summary>The lowest rate that did not hold; infinite while there is none.</summary>
    public double Limit => _probes.Where(probe => probe.Verdict is ProbeVerdict.Fails or ProbeVerdict.Undecided)
        .Select(probe => probe.Rate).DefaultIfEmpty(double.PositiveInfinity).Min();

    private IEnumerable<double> Held => _probes.Where(probe => probe.Verdict == ProbeVerdict.Holds).Select(probe => probe.Rate);

    public void Report(double rate, ProbeVerdict verdict)
    {
        _probes.Add((rate, verdict));
        Ending = verdict switch
        {
            ProbeVerdict.Stopped => CapacityEnding.Stopped,
            ProbeVerdict.GeneratorLimited when _probes.Count(probe => probe == (rate, verdict)) >= GeneratorTries => CapacityEnding.GeneratorLimited,
            ProbeVerdict.GeneratorLimited => null,
            _ => Settled(),
        };
        if (Ending is null && _probes.Count >= MostProbes)
        {
            Ending = CapacityEnding.Unsteady;
        }
    }

    private CapacityEnding? Settled() =>
        Highest is { } held && Confirmed(held)
            ? double.IsPositiveInfinity(Limit) ? held >= to ? CapacityEnding.AtLeast : null
                : Limit <= held * (1 + precision) ? CapacityEnding.Found : null
            : Limit <= from * Floor ? CapacityEnding.NotMet : null;

    private double Choose()
    {
        if (_probes is [.., (var again, ProbeVerdict.GeneratorLimited)])
        {
            return again;
        }

        return (Highest, Limit) switch
        {
            (null, double.PositiveInfinity) => Math.Min(from, to),
            (null, var limit) => limit / 2,
            ({ } held, double.PositiveInfinity) => held >= to ? held : Math.Min(held * 2, to),
            ({ } held, var limit) when limit <= held * (1 + precision) => held,
            ({ } held, var limit) => Math.Sqrt(held * limit),
        };
    }

    /// <summary>Twice with different arrivals, the second time for longer.</summary>
    private bool Confirmed(double rate) => Held.Count(held => held.Equals(rate)) > 1;
}

public enum CapacityEnding
{
    /// <summary>Between a rate that held twice and one that did not, closer than the precision.</summary>
    Found,

    /// <summary>Even the highest rate asked for holds.</summary>
    AtLeast,

    /// <summary>Not even the lowest rate tried holds.</summary>
    NotMet,

    GeneratorLimited,

    /// <summary>The target did not come to rest after a probe.</summary>
    NotSettled,

    /// <summary>The verdicts contradict each other too often.</summary>
    Unsteady,

    /// <summary>Cancelled, or the target went away.</summary>
    Stopped,
}
