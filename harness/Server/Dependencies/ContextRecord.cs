namespace ChaosBench.Server.Dependencies;

/// <summary>What the store knows about who is asking, checked.</summary>
/// <param name="Key">See <see cref="ContextStore.KeyOf"/>.</param>
/// <param name="Tier">Service tier of the customer.</param>
public sealed record ContextRecord(string Key, string Tier)
{
    /// <summary>Stands in for a record that there is not, or that could not be read.</summary>
    public static ContextRecord Unknown { get; } = new("", "unknown");
}
