namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Direction controls, some never closed: shown in another order than stored, and a forger of log lines.</summary>
internal static class Bidi
{
    // LRE, RLE, PDF, LRO, RLO, LRI, RLI, FSI, PDI, RLM.
    private static readonly string[] Controls =
        ["\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069", "\u200F"];

    public static Mutator Mutator { get; } = new(
        "bidi", "bidi", "Bidirectional overrides and isolates, unbalanced", KeepsMeaning: true,
        [new("count", "count", "6", "Controls put in")])
    {
        Text = (text, mutation) => mutation.Insert(text, mutation.Count("count", 6, 10_000), () => mutation.Random.Pick(Controls)),
    };
}
