namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Halves of surrogate pairs, as text cut by UTF-16 length has them. They travel as JSON escapes: valid JSON, no valid character.</summary>
internal static class Surrogates
{
    public static Mutator Mutator { get; } = new(
        "surrogates", "unicode", "Lone surrogates, sent as \\uD83D", KeepsMeaning: false,
        [new("count", "count", "2", "Surrogates put in")])
    {
        Text = (text, mutation) => mutation.Insert(
            text, mutation.Count("count", 2, 10_000), () => ((char)(0xD800 + mutation.Random.Next(0x800))).ToString()),
    };
}
