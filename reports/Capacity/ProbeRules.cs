using ChaosBench.Reports.Statistics;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Capacity;

/// <summary>
/// What one rate is held to. A pass is a promise, so it has to be earned: enough time, enough requests, no growing queue, and
/// a test that would pass a rate at which the target share is just missed once in twenty times. A failure may come early.
/// </summary>
public sealed record ProbeRules
{
    /// <summary>Least share of the planned requests that the generator must have sent: that of docs/verdict.md.</summary>
    public const double AchievedFloor = 0.98;

    /// <summary>Above this mean share of time the engine's event loops are taken for the limit.</summary>
    public const double BusiestEngine = 0.9;

    /// <summary>Share of requests that must be good, above 0 and below 1.</summary>
    public double Attainment { get; init; } = 0.95;

    public RequestObjectives Objectives { get; init; } = new();

    /// <summary>Not judged; nanoseconds.</summary>
    public long WarmUp { get; init; } = 1 * Nanos.PerSecond;

    /// <summary>No pass before; nanoseconds after the warm-up.</summary>
    public long Least { get; init; } = 5 * Nanos.PerSecond;

    /// <summary>No pass before, unless the time is up: what a p99 takes.</summary>
    public int LeastRequests { get; init; } = OrderStatistics.MinimumSamples(0.99);

    /// <summary>Nothing is sent after; nanoseconds after the warm-up. Low rates get more, see <see cref="For"/>.</summary>
    public long Most { get; init; } = 15 * Nanos.PerSecond;

    /// <summary>Above this p99 dispatch lag the generator is taken for the limit; seconds. That of docs/verdict.md.</summary>
    public double LagLimit => Math.Max(0.010, 0.05 * (Tightest?.TotalSeconds ?? 0));

    /// <summary>
    /// Over the share of bad requests: p1 is what the target share just does not allow, p0 half of it. In between either answer is right
    /// enough: the rate lies at the knee.
    /// </summary>
    public WaldSprt Test => new((1 - Attainment) / 2, 1 - Attainment);

    /// <summary>
    /// How long after its planned instant a request's fate is known: the longest limit. Requests are judged in the order in which they
    /// were planned, so that quick answers do not vote before slow ones.
    /// </summary>
    public long Horizon => Nanos.From(new[] { Objectives.Ttft, Objectives.E2e }.OfType<TimeSpan>().DefaultIfEmpty().Max());

    /// <summary>The rules for one rate: a low one has the time that a pass takes, up to a minute.</summary>
    /// <param name="rate">Per second.</param>
    public ProbeRules For(double rate)
    {
        var needed = Nanos.FromSeconds(Math.Min(60, 2 * Test.ShortestAcceptance / rate));
        return this with { Most = Math.Max(Most, needed) };
    }

    /// <summary>For the rate that is to be claimed: it has to hold over twice the length, however clear it looks.</summary>
    public ProbeRules Whole() => this with { Least = 2 * Most, Most = 2 * Most };

    private TimeSpan? Tightest => new[] { Objectives.Ttft, Objectives.E2e }.OfType<TimeSpan>().Order().Cast<TimeSpan?>().FirstOrDefault();
}

public enum ProbeVerdict
{
    /// <summary>The target share is met at this rate.</summary>
    Holds,

    /// <summary>It is not, or the queue grows.</summary>
    Fails,

    /// <summary>Too few requests in the time given: not shown to hold.</summary>
    Undecided,

    /// <summary>The generator, not the target, was measured.</summary>
    GeneratorLimited,

    /// <summary>Cancelled or broken before it could tell.</summary>
    Stopped,
}

/// <param name="Why">One sentence with the figures.</param>
public sealed record ProbeDecision(ProbeVerdict Verdict, string Why);
