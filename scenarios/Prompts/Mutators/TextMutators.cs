using System.Globalization;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>One damage with everything that it takes to do it again.</summary>
/// <param name="With">Parameters in base units; empty: the mutator's defaults.</param>
public sealed record MutationStep(string Mutator, ulong Seed, IReadOnlyDictionary<string, string> With);

/// <summary>The mutators that leave a text, for those who apply several of them after another: a search for worst cases.</summary>
public static class TextMutators
{
    private static readonly double[] Shares = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8];
    private static readonly double[] Factors = [0.03, 0.1, 0.3, 1, 2, 4];

    /// <summary>In the catalogue's order.</summary>
    public static IReadOnlyList<Mutator> All { get; } =
    [
        .. MutatorCatalogue.All.Where(mutator => !mutator.MakesBody), Encoded.Mutator, PromptExtraction.Mutator, GlitchStrings.Mutator,
    ];

    /// <summary>A person who reads the damaged text sees what the clean one says, so a known answer still is the right one.</summary>
    public static IReadOnlyList<Mutator> LookingAlike { get; } = [.. All.Where(mutator => mutator.KeepsMeaning || mutator == Homoglyphs.Mutator)];

    /// <summary>What <see cref="Find"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(mutator => mutator.Name)];

    public static Mutator? Find(string name) => All.FirstOrDefault(mutator => mutator.Name == name);

    /// <summary>The mutator with parameters drawn from gentle to harsh.</summary>
    public static MutationStep Draw(Mutator mutator, SplitMix64 random)
    {
        ArgumentNullException.ThrowIfNull(mutator);
        ArgumentNullException.ThrowIfNull(random);
        var with = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in mutator.Parameters)
        {
            if (parameter.Unit == "share")
            {
                with[parameter.Name] = random.Pick(Shares).ToString(CultureInfo.InvariantCulture);
            }
            else if (parameter.Unit == "count" && int.TryParse(parameter.Default, CultureInfo.InvariantCulture, out var usual))
            {
                with[parameter.Name] = Math.Max(1, (int)(usual * random.Pick(Factors))).ToString(CultureInfo.InvariantCulture);
            }
        }

        return new MutationStep(mutator.Name, random.NextUInt64(), with);
    }

    /// <summary>The same step gives the same damage to the same text.</summary>
    /// <exception cref="PromptException">No such mutator, or a parameter out of its range.</exception>
    public static string Apply(MutationStep step, string text)
    {
        ArgumentNullException.ThrowIfNull(step);
        var mutator = Find(step.Mutator) ?? throw new PromptException($"{step.Mutator} is not a mutator of texts; use one of {string.Join(", ", Names)}");
        return mutator.Text!(text, new Mutation(new SplitMix64(step.Seed), step.With));
    }

    /// <summary>What mutators work on: the last user message, or the last message where there is none.</summary>
    public static string TextOf(IReadOnlyList<ChatMessage> messages)
    {
        var found = "";
        UserText.Replace(messages, text => found = text);
        return found;
    }

    /// <summary>The same messages with another text in that place.</summary>
    public static IReadOnlyList<ChatMessage> WithText(IReadOnlyList<ChatMessage> messages, string text) => UserText.Replace(messages, _ => text);
}
