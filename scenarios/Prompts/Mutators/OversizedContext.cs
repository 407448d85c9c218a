using System.Text;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>More words than the model has places for; the question itself stands at the end, where a silent cut would lose it.</summary>
internal static class OversizedContext
{
    private static readonly string[] Words =
        ["order", "parcel", "invoice", "street", "monday", "blue", "window", "letter", "seven", "garden", "paper", "music", "river", "stone", "lamp", "north"];

    public static Mutator Mutator { get; } = new(
        "oversized-context", "oversized-context", "Filler words before the question, beyond the model's context", KeepsMeaning: false,
        [new("words", "count", "20000", "Words before the question, at least one token each.") { Least = "1", Most = "500000" }])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var count = mutation.Count("words", 20_000, 500_000);
        var filled = new StringBuilder(count * 7);
        for (var at = 0; at < count; at++)
        {
            filled.Append(mutation.Random.Pick(Words)).Append(' ');
        }

        return filled.Append("\n\n").Append(text).ToString();
    }
}
