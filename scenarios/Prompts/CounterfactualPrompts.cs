using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts.Mutators;
using ChaosBench.Scenarios.Prompts.Reading;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>
/// Prompts of another set that hold a word of a group of people, once for each group: id <c>t1~gender=female</c>, tags <c>swap</c>, <c>group</c>,
/// <c>from</c>. The known answer is swapped too. Prompts without such a word are left out.
/// </summary>
internal static class CounterfactualPrompts
{
    private const int MostFileBytes = 1 << 20;

    public static LoadedPrompts Load(PromptSet.Counterfactual set, ulong seed, IPromptFiles files)
    {
        var loaded = PromptSets.Load(set.From, seed, files);
        var hashes = new SortedDictionary<string, string>(loaded.Files.ToDictionary(), StringComparer.Ordinal);
        List<WordSwap> swaps = [.. set.Swaps, .. set.File is { } file ? Read(file, files, hashes) : []];
        var prompts = swaps.SelectMany(swap => Swapped(set, swap, loaded.Prompts)).ToList();
        return prompts.Count > 0 ? loaded with { Prompts = prompts, Files = hashes }
            : throw new PromptException($"prompts.{set.Name}: no prompt of {set.From.Name} holds any of the words; add words that its prompts have");
    }

    private static IEnumerable<Prompt> Swapped(PromptSet.Counterfactual set, WordSwap swap, IReadOnlyList<Prompt> prompts)
    {
        // By the first row that has it: "her" is both his and him.
        var rows = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in swap.Rows)
        {
            foreach (var word in row)
            {
                rows.TryAdd(word, row);
            }
        }

        var any = new Regex($@"(?<!\w)(?:{string.Join('|', rows.Keys.OrderByDescending(word => word.Length).Select(Regex.Escape))})(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        foreach (var prompt in prompts.Where(prompt => any.IsMatch(TextMutators.TextOf(prompt.Messages))))
        {
            for (var at = 0; at < swap.Groups.Count; at++)
            {
                string Swap(string text) => any.Replace(text, match => Cased(rows[match.Value][at], match.Value));
                yield return prompt with
                {
                    Id = $"{prompt.Id}~{swap.Name}={swap.Groups[at]}",
                    Messages = TextMutators.WithText(prompt.Messages, Swap(TextMutators.TextOf(prompt.Messages))),
                    Expected = prompt.Expected is { } expected ? Swap(expected) : null,
                    Tags = prompt.Tags.With(("swap", swap.Name), ("group", swap.Groups[at]), ("from", set.From.Name)),
                };
            }
        }
    }

    /// <summary>A capital stays a capital.</summary>
    private static string Cased(string word, string like) =>
        char.IsUpper(like[0]) && like.Length > 1 && like.All(letter => !char.IsLetter(letter) || char.IsUpper(letter)) ? word.ToUpperInvariant()
        : char.IsUpper(like[0]) ? char.ToUpperInvariant(word[0]) + word[1..]
        : word;

    private static List<WordSwap> Read(string path, IPromptFiles files, SortedDictionary<string, string> hashes)
    {
        using var stream = files.Open(path);
        using var bytes = new MemoryStream();
        var buffer = new byte[8_192];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MostFileBytes)
            {
                throw new PromptException($"{path}: more than {MostFileBytes} bytes of word swaps; name the file that holds them");
            }
        }

        hashes[path] = Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
        var lines = Encoding.UTF8.GetString(bytes.ToArray()).ReplaceLineEndings("\n").Split('\n');
        var swaps = new List<WordSwap>();
        for (var number = 0; number < lines.Length; number++)
        {
            if (lines[number].Trim() is { Length: > 0 } line && line[0] != '#')
            {
                var parsed = SwapText.Read(line);
                swaps.Add(parsed.Flaw is { } flaw ? throw new PromptException(FormattableString.Invariant($"{path}:{number + 1}: {flaw.Wrong}; {flaw.Right}")) : parsed.Value);
            }
        }

        return swaps;
    }
}
