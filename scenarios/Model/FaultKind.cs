namespace ChaosBench.Scenarios.Model;

/// <summary>One entry of the fault catalogue: what it does, to whom, and what a well-behaved system does about it.</summary>
/// <param name="Name"><c>family.name</c>, for example <c>node.kill</c>.</param>
/// <param name="Class">Family in words: input corruption, dependency, node.</param>
/// <param name="Response">The well-behaved response, one sentence.</param>
/// <param name="Example">A line to paste under <c>faults:</c>.</param>
public sealed record FaultKind(
    string Name, Vantage Vantage, FaultScope Scope, string Class, Fidelity Fidelity, string Summary, string Response,
    IReadOnlyList<FaultParameter> Parameters, string Example);

/// <param name="Unit"><c>duration</c>, <c>share</c>, <c>count</c>, <c>size</c>, <c>rate</c> or <c>text</c>.</param>
/// <param name="Default">As it would be written in a scenario file; null when it must be given.</param>
public sealed record FaultParameter(string Name, string Unit, string? Default, string Meaning)
{
    /// <summary>The smallest value allowed, written like <see cref="Default"/>; null: the unit's own.</summary>
    public string? Least { get; init; }

    /// <summary>The largest value allowed, written like <see cref="Default"/>; null: the unit's own.</summary>
    public string? Most { get; init; }

    /// <summary>The only words allowed; empty: any text.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}
