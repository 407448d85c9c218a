namespace ChaosBench.Scenarios.Model;

/// <summary>The law of the gaps between arrivals, in units of their mean. A closed set.</summary>
public abstract record GapLaw
{
    private GapLaw() { }

    /// <summary>Equal gaps: a metronome.</summary>
    public static GapLaw Even { get; } = new Equal();

    /// <summary>Independent users: a Poisson process. Coefficient of variation 1.</summary>
    public static GapLaw Exponential { get; } = new Poisson();

    /// <param name="shape">1/CV^2; below 1 the arrivals come in bursts.</param>
    public static GapLaw OfGamma(double shape) => new Gamma(shape);

    /// <param name="shape">Below 1 the arrivals come in bursts, with longer silences between them than a gamma law of the same CV
    /// has.</param>
    public static GapLaw OfWeibull(double shape) => new Weibull(shape);

    public sealed record Equal : GapLaw;

    public sealed record Poisson : GapLaw;

    public sealed record Gamma(double Shape) : GapLaw;

    public sealed record Weibull(double Shape) : GapLaw;
}
