using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>One prompt of a set, before it is planned.</summary>
/// <param name="Id">Unique in its set.</param>
/// <param name="Messages">Chat messages in order, never empty; undamaged.</param>
/// <param name="Expected">The known answer, if there is one.</param>
/// <param name="Tags">Lower-case keys; few distinct values each, because results are sliced by them.</param>
public sealed record Prompt(
    string Id, IReadOnlyList<ChatMessage> Messages, string? Expected, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>
    /// How the prompt is damaged when it is drawn, in this order. Kept as name and seed, not as text: a set of many prompts and
    /// mutators stays small, and raw bodies need the sampling of the arrival.
    /// </summary>
    public IReadOnlyList<Damage> Damages { get; init; } = [];

    /// <summary>How many tokens the recorded answer had, at least 1; it replaces the mix's <c>maxTokens</c>. Null: not recorded.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>What its row asserts of the answer by itself; counts where the line of the mix says <c>assertRows: true</c>.</summary>
    public IReadOnlyList<Assertion> Assertions { get; init; } = [];

    /// <summary>The later turns of a conversation. Empty unless the plan holds whole ones.</summary>
    public IReadOnlyList<PlannedTurn> Turns { get; init; } = [];
}

/// <param name="Mutator">Name in the catalogue of mutators.</param>
/// <param name="Seed">All randomness of this one application.</param>
public sealed record Damage(string Mutator, ulong Seed);

/// <summary>A prompt set in memory.</summary>
/// <param name="Skipped">Unreadable rows: at most 0.1 % of all, more is an error.</param>
/// <param name="Files">Lower-case hex SHA-256 by path as named in the scenario.</param>
public sealed record LoadedPrompts(
    IReadOnlyList<Prompt> Prompts, IReadOnlyList<SkippedRow> Skipped, IReadOnlyDictionary<string, string> Files);

/// <param name="Row">Line of the file, from 1; in a JSON array the line on which the element begins.</param>
public sealed record SkippedRow(string Path, int Row, string Reason)
{
    public override string ToString() => FormattableString.Invariant($"{Path}:{Row}: {Reason}");
}
