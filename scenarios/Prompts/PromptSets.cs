using System.Diagnostics;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts.Generated;
using ChaosBench.Scenarios.Prompts.Reading;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>Prompt set as written to prompts in memory.</summary>
public static class PromptSets
{
    /// <summary>Names allowed after <c>generated:</c>.</summary>
    public static IReadOnlyList<string> Generators { get; } = [SupportTickets.Kind];

    /// <summary>Names allowed under <c>locales:</c>, sorted.</summary>
    public static IReadOnlyList<string> Locales => SupportTickets.Locales;

    /// <summary>
    /// Loads a set. The same set, files and seed give the same prompts in the same order; only adversarial and generated sets
    /// use the seed, and traces that hold no text. Throws <see cref="PromptException"/> for a file that cannot be read and for an empty set.
    /// </summary>
    public static LoadedPrompts Load(PromptSet set, ulong seed, IPromptFiles files) => set switch
    {
        PromptSet.Recorded recorded => PromptFile.Read(files, recorded.Path, recorded.Format, recorded.Limit),
        PromptSet.Adversarial adversarial => AdversarialPrompts.Load(adversarial, seed, files),
        PromptSet.Generated generated => SupportTickets.Load(generated, seed),
        PromptSet.Traced traced => TracedPrompts.Load(traced, seed, files),
        PromptSet.Prefixed prefixed => PrefixedPrompts.Load(prefixed, seed, files),
        PromptSet.Counterfactual swapped => CounterfactualPrompts.Load(swapped, seed, files),
        _ => throw new UnreachableException(),
    };
}
