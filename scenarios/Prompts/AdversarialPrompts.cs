using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Mutators;
using ChaosBench.Scenarios.Prompts.Reading;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>
/// Every prompt of another set with every mutator, and every string of the corpora. Tags: <c>mutator</c> and <c>from</c>, or
/// <c>corpus</c>. A known answer stays only with mutators that keep the meaning.
/// </summary>
internal static class AdversarialPrompts
{
    private const int MaxPrompts = 1_000_000;

    public static LoadedPrompts Load(PromptSet.Adversarial set, ulong seed, IPromptFiles files)
    {
        var prompts = new List<Prompt>();
        var skipped = new List<SkippedRow>();
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var mutators = set.Mutators.SelectMany(name => Resolve(set, name)).Distinct().ToList();
        if (mutators.Count > 0)
        {
            var from = set.From ?? throw new PromptException($"prompts.{set.Name}: mutators need prompts to damage; name a set with from:");
            var loaded = Take(PromptSets.Load(from, seed, files));
            CheckSize(set, (long)loaded.Prompts.Count * mutators.Count);
            prompts.AddRange(loaded.Prompts.SelectMany(prompt => mutators.Select(mutator => Damaged(set, from, prompt, mutator, seed))));
        }

        foreach (var path in set.Corpora)
        {
            var name = Path.GetFileName(path);
            var loaded = Take(PromptFile.Read(files, path, null, null));
            CheckSize(set, (long)prompts.Count + loaded.Prompts.Count);
            prompts.AddRange(loaded.Prompts.Select(prompt => prompt with { Id = $"{name}:{prompt.Id}", Tags = prompt.Tags.With(("corpus", name)) }));
        }

        return prompts.Count > 0
            ? new LoadedPrompts(prompts, skipped, hashes)
            : throw new PromptException($"prompts.{set.Name}: has neither mutators nor corpora; give adversarial: [{string.Join(", ", MutatorCatalogue.Names.Take(3))}, ...]");

        LoadedPrompts Take(LoadedPrompts loaded)
        {
            skipped.AddRange(loaded.Skipped);
            foreach (var (path, sha256) in loaded.Files)
            {
                hashes[path] = sha256;
            }

            return loaded;
        }
    }

    private static IReadOnlyList<Mutator> Resolve(PromptSet set, string name) => MutatorCatalogue.Resolve(name) is { Count: > 0 } known
        ? known
        : throw new PromptException($"prompts.{set.Name}: {name} is not a mutator; use one of {string.Join(", ", MutatorCatalogue.Names)}");

    private static Prompt Damaged(PromptSet set, PromptSet from, Prompt prompt, Mutator mutator, ulong seed) => prompt with
    {
        Id = $"{prompt.Id}~{mutator.Name}",
        Expected = mutator.KeepsMeaning ? prompt.Expected : null,
        Tags = prompt.Tags.With(("mutator", mutator.Name), ("from", from.Name)),
        Damages = [.. prompt.Damages, new Damage(mutator.Name, KeyedHash.Hash64(seed, "mutator/" + mutator.Name, $"{set.Name}/{prompt.Id}"))],
    };

    private static void CheckSize(PromptSet set, long count)
    {
        if (count > MaxPrompts)
        {
            throw new PromptException(string.Create(
                CultureInfo.InvariantCulture, $"prompts.{set.Name}: {count:N0} prompts (prompts times mutators); at most {MaxPrompts:N0}: set limit: on the set it damages"));
        }
    }
}
