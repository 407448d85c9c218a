using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>
/// All mutators by name, and the names that scenario files use: a mutator, a family (all its members) or an alias.
/// <list type="table">
/// <item><term>unicode</term><description>mojibake, homoglyph, surrogates</description></item>
/// <item><term>control</term><description>null-bytes, control</description></item>
/// <item><term>confusables</term><description>homoglyph</description></item>
/// <item><term>token-flood, flood</term><description>flooding</description></item>
/// <item><term>repeat</term><description>repetition</description></item>
/// <item><term>malformed-json</term><description>malformed</description></item>
/// <item><term>prompt-injection</term><description>injection</description></item>
/// </list>
/// </summary>
public static class MutatorCatalogue
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["confusables"] = "homoglyph",
        ["homoglyphs"] = "homoglyph",
        ["token-flood"] = "flooding",
        ["flood"] = "flooding",
        ["repeat"] = "repetition",
        ["malformed-json"] = "malformed",
        ["prompt-injection"] = "injection",
    };

    public static IReadOnlyList<Mutator> All { get; } =
    [
        Mojibake.Mutator, Homoglyphs.Mutator, Surrogates.Mutator, ZeroWidth.Mutator, Bidi.Mutator, NullBytes.Mutator,
        ControlCharacters.Mutator, Flooding.Mutator, Repetition.Mutator, Typos.Mutator, CaseSpace.Mutator, Injection.Mutator,
        TruncatedUtf8.Mutator, Malformed.Mutator,
    ];

    /// <summary>Every name that <see cref="Resolve"/> knows, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
        All.SelectMany(mutator => new[] { mutator.Name, mutator.Family }).Concat(Aliases.Keys).Distinct().Order(StringComparer.Ordinal).ToList();

    /// <summary>The mutators that a name stands for; empty for an unknown one. A family's name wins over a member's.</summary>
    public static IReadOnlyList<Mutator> Resolve(string name)
    {
        var known = Aliases.GetValueOrDefault(name, name);
        var family = All.Where(mutator => mutator.Family == known).ToList();
        return family.Count > 0 ? family : All.Where(mutator => mutator.Name == known).ToList();
    }

    internal static Mutator Get(string name) => All.First(mutator => mutator.Name == name);

    private static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string>();

    /// <summary>
    /// The prompt as the mutator leaves it; a known answer survives only when the meaning does. A prompt that is raw already is
    /// returned as it is.
    /// </summary>
    /// <param name="seed">All randomness of this application.</param>
    /// <param name="with">Parameters; null for the defaults.</param>
    internal static PlannedPrompt Apply(
        Mutator mutator, PlannedPrompt prompt, Sampling sampling, ulong seed, IReadOnlyDictionary<string, string>? with = null)
    {
        if (prompt.RawBody is not null)
        {
            return prompt;
        }

        var mutation = new Mutation(new SplitMix64(seed), with ?? Defaults);
        var damaged = mutator.Body is { } body
            ? prompt with { RawBody = body(prompt.Messages, sampling, mutation) }
            : prompt with { Messages = UserText.Replace(prompt.Messages, text => mutator.Text!(text, mutation)) };
        return mutator.KeepsMeaning ? damaged : damaged with { Expected = null };
    }
}
