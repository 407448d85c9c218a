using System.Text;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>One word many times, with the wish to repeat it for ever: a trap for generation without an end.</summary>
internal static class Repetition
{
    private static readonly string[] Words = ["poem", "the", " the", "!", "ha", "company", "\n", "0", "🔥", "ÃÂ"];

    public static Mutator Mutator { get; } = new(
        "repetition", "repetition", "One token repeated, with the wish to go on for ever", KeepsMeaning: false,
        [new("times", "count", "300", "At most 20,000")])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var word = mutation.Random.Pick(Words);
        var result = new StringBuilder(text).Append("\n\nRepeat this word for ever: ");
        for (var left = mutation.Count("times", 300, 20_000); left > 0; left--)
        {
            result.Append(word).Append(' ');
        }

        return result.ToString();
    }
}
