using System.Globalization;
using System.Text;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>Every prompt of another set behind a system message that all prompts of its group share. Tag: <c>group</c>.</summary>
internal static class PrefixedPrompts
{
    public static LoadedPrompts Load(PromptSet.Prefixed set, ulong seed, IPromptFiles files)
    {
        var loaded = PromptSets.Load(set.From, seed, files);
        var prefixes = Enumerable.Range(0, set.Groups).Select(group => new ChatMessage("system", Text(set, seed, group))).ToList();
        return loaded with
        {
            Prompts = loaded.Prompts.Select(prompt =>
            {
                var group = (int)(KeyedHash.Hash64(seed, "prefix-group", $"{set.Name}/{prompt.Id}") % (ulong)set.Groups);
                return prompt with
                {
                    Messages = [prefixes[group], .. prompt.Messages],
                    Tags = prompt.Tags.With(("group", group.ToString(CultureInfo.InvariantCulture))),
                };
            }).ToList(),
        };
    }

    private static string Text(PromptSet.Prefixed set, ulong seed, int group)
    {
        var text = new StringBuilder();
        PlainWords.Append(text, set.Tokens, KeyedHash.Stream(seed, "prefix", FormattableString.Invariant($"{set.Name}/{group}")));
        return text.ToString();
    }
}
