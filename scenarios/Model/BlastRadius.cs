namespace ChaosBench.Scenarios.Model;

/// <summary>Ceilings on what the faults of a scenario may do; null: none. A plan that would exceed one is refused.</summary>
/// <param name="Share">Of requests that faults may hit at one moment.</param>
/// <param name="Replicas">And processes and containers, that faults may hit at one moment, of each target.</param>
/// <param name="Duration">In which any fault acts, windows added up, overlaps counted once.</param>
/// <param name="Tokens">Output tokens that all requests of the plan may ask for.</param>
/// <param name="Cost">Of all requests of the plan at the prices of the targets' budgets, in their currency.</param>
public sealed record BlastRadius(Share? Share = null, int? Replicas = null, TimeSpan? Duration = null, long? Tokens = null, double? Cost = null)
{
    public static BlastRadius None { get; } = new();
}
