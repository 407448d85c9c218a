namespace ChaosBench.Scenarios.Model;

/// <summary>
/// A person lets one gate not count for a while. What the gate saw is still measured and shown, with who answers for it.
/// </summary>
/// <param name="Gate">As it stands in the scenario; white space does not matter.</param>
/// <param name="Scenario">Null: in every scenario.</param>
/// <param name="Expires">The last day on which it holds, in UTC.</param>
public sealed record Waiver(string Gate, string? Scenario, string Owner, string Reason, DateOnly Expires)
{
    public bool Covers(string scenario, string gate) =>
        (Scenario is null || string.Equals(Scenario, scenario, StringComparison.Ordinal)) && Plain(Gate) == Plain(gate);

    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
