namespace ChaosBench.Harness.Searching;

/// <summary><c>search.json</c>: what was searched, with what, and what came of it. Prompts themselves are in the corpus.</summary>
internal sealed record SearchReport
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string ToolVersion { get; init; }
    public required string Scenario { get; init; }
    public required string Target { get; init; }

    /// <summary>Of the target: model hash, runtime, device and the like.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    public required SearchGoal Goal { get; init; }
    public required ulong Seed { get; init; }

    /// <summary>Requests that were sent, and the most that were allowed.</summary>
    public required int Requests { get; init; }
    public required int Budget { get; init; }

    public required int Parents { get; init; }
    public required IReadOnlyList<string> LeftOut { get; init; }
    public required bool Cancelled { get; init; }
    public required IReadOnlyList<FoundCase> Finds { get; init; }

    /// <summary>Kinds of damage that looked bad and were not shown on fresh pairs.</summary>
    public required IReadOnlyList<string> Unconfirmed { get; init; }
}

/// <param name="Parent">Prompt set and prompt.</param>
/// <param name="Edits">Characters in which it differs from its clean twin.</param>
/// <param name="Minimal">Nothing smaller that was tried shows half of the effect.</param>
/// <param name="Effect">Of the form in the corpus, from fresh pairs.</param>
/// <param name="EffectBefore">Of the form before it was made smaller, from fresh pairs.</param>
internal sealed record FoundCase(
    string Id, string Parent, IReadOnlyList<MutationMade> Mutations, int Edits, bool Minimal, int CleanChars, int WorstChars, Effect Effect, Effect EffectBefore)
{
    public int? CleanTokensIn { get; init; }
    public int? CleanTokensOut { get; init; }
    public int? WorstTokensIn { get; init; }
    public int? WorstTokensOut { get; init; }

    public static IReadOnlyList<MutationMade> MadeBy(Specimen specimen) =>
        [.. specimen.Steps.Select(step => new MutationMade(step.Mutator, FormattableString.Invariant($"{step.Seed}"), step.With))];

    public static FoundCase Of(Find find) => new(
        find.Id, find.Minimal.Specimen.Parent.Name,
        MadeBy(find.Minimal.Specimen),
        find.Minimal.Edits, find.Minimal.IsMinimal, find.Minimal.Clean.Length, find.Minimal.Worst.Length, find.Effect, find.Before)
    {
        CleanTokensIn = find.CleanTokensIn, CleanTokensOut = find.CleanTokensOut, WorstTokensIn = find.WorstTokensIn, WorstTokensOut = find.WorstTokensOut,
    };
}

/// <param name="Seed">In decimal; as a text, because JSON numbers of many readers end at 2^53.</param>
internal sealed record MutationMade(string Mutator, string Seed, IReadOnlyDictionary<string, string> With);
