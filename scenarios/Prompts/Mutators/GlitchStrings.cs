using System.Text.Json;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>
/// Strings that are known to upset programs or models, appended to the text: the Big List of Naughty Strings, and tokens that tokenizers
/// know and models were hardly trained on.
/// </summary>
internal static class GlitchStrings
{
    /// <summary>Under-trained tokens of the GPT-2 and GPT-3 vocabularies, as Rumbelow and Watkins found them (2023).</summary>
    private static readonly string[] Tokens =
    [
        " SolidGoldMagikarp", " petertodd", " TheNitromeFan", " RandomRedditorWithNo", " davidjl", " guiActiveUn", " rawdownloadcloneembedreportprint",
        " externalToEVA", " Leilan", "\u30A6\u30B9", " attRot", " StreamerBot", "InstoreAndOnline", " srfN", " EStreamFrame", "cloneembedreportprint",
    ];

    private static readonly Lazy<string[]> Naughty = new(ReadNaughty);

    public static Mutator Mutator { get; } = new(
        "glitch-strings", "glitch-strings", "Strings of a corpus that is known to upset programs or models, behind the text", KeepsMeaning: false,
        [
            new("corpus", "text", "any", "naughty: the Big List of Naughty Strings; tokens: under-trained tokens.") { Choices = ["any", "naughty", "tokens"] },
            new("count", "count", "3", "Strings that are put in.") { Least = "1", Most = "100" },
        ])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var name = mutation.Text("corpus", "any");
        string[] corpus = name switch
        {
            "any" => [.. Naughty.Value, .. Tokens],
            "naughty" => Naughty.Value,
            "tokens" => Tokens,
            _ => throw new PromptException($"with.corpus: {name} is not one of any, naughty, tokens"),
        };
        return text + "\n" + string.Join('\n', Enumerable.Range(0, mutation.Count("count", 3, 100)).Select(_ => mutation.Random.Pick(corpus)));
    }

    private static string[] ReadNaughty()
    {
        using var stream = typeof(GlitchStrings).Assembly.GetManifestResourceStream("blns.json")!;
        return JsonSerializer.Deserialize<string[]>(stream)!;
    }
}
