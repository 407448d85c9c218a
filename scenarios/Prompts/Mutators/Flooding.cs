using System.Text;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Text with many tokens a character, appended until the context is crowded: rare scripts, emoji with modifiers, digits.</summary>
internal static class Flooding
{
    public static Mutator Mutator { get; } = new(
        "flooding", "flooding", "Rare characters, several tokens each, in bulk", KeepsMeaning: false,
        [new("characters", "count", "600", "Put in; 1 to 4 tokens each in byte-level vocabularies. At most 50,000")])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var flood = new StringBuilder(text).Append("\n\n");
        for (var done = mutation.Count("characters", 600, 50_000); done > 0; done--)
        {
            flood.Append(Rare(mutation));
        }

        return flood.ToString();
    }

    private static Rune Rare(Mutation mutation) => mutation.Random.Next(4) switch
    {
        0 => new Rune(0x3400 + mutation.Random.Next(0x19B0)),   // CJK extension A
        1 => new Rune(0x1F300 + mutation.Random.Next(0x200)),   // pictographs
        2 => new Rune(0x12000 + mutation.Random.Next(0x300)),   // cuneiform
        _ => new Rune('0' + mutation.Random.Next(10)),
    };
}
