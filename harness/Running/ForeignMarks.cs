using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Marks by which an answer can be told to belong to another request: words of a prompt, of eight characters and more with four digits and
/// more (order numbers, ids, canary marks), that stand in no other prompt. Nobody hits one of them by chance.
/// </summary>
internal sealed class ForeignMarks
{
    private const int ShortestMark = 8;
    private const int LongestMark = 64;
    private const int FewestDigits = 4;
    private const int MostMarks = 200_000;

    /// <summary>Id of the one prompt that has the mark; null when several do.</summary>
    private readonly Dictionary<string, string?> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?>.AlternateLookup<ReadOnlySpan<char>> _byText;

    public ForeignMarks(IEnumerable<PlannedPrompt> prompts)
    {
        _byText = _owners.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var prompt in prompts)
        {
            foreach (var text in Texts(prompt))
            {
                foreach (var mark in Marks(text))
                {
                    var word = text[mark];
                    if (_owners.TryGetValue(word, out var owner))
                    {
                        _owners[word] = owner == prompt.Id ? owner : null;
                    }
                    else if (_owners.Count < MostMarks)
                    {
                        _owners[word] = prompt.Id;
                    }
                }
            }
        }
    }

    /// <summary>The first mark of another prompt in an answer to <paramref name="own"/>; null: none, or raw bytes whose words nobody knows.</summary>
    public (string Prompt, int Length)? In(string output, PlannedPrompt own)
    {
        if (_owners.Count == 0 || own.RawBody is not null)
        {
            return null;
        }

        foreach (var mark in Marks(output))
        {
            // A damaged copy of a prompt has its id, or an id of its own and the words all the same.
            var word = output.AsSpan(mark);
            if (_byText.TryGetValue(word, out var owner) && owner is not null && owner != own.Id && !Holds(own, word))
            {
                return (owner, word.Length);
            }
        }

        return null;
    }

    private static bool Holds(PlannedPrompt prompt, ReadOnlySpan<char> word)
    {
        foreach (var text in Texts(prompt))
        {
            if (text.AsSpan().Contains(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Texts(PlannedPrompt prompt) =>
        prompt.Messages.Concat(prompt.Turns.SelectMany(turn => turn.Messages)).Select(message => message.Content).Append(prompt.Expected ?? "");

    private static IEnumerable<Range> Marks(string text)
    {
        var (start, digits) = (0, 0);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_'))
            {
                digits += char.IsAsciiDigit(text[at]) ? 1 : 0;
                continue;
            }

            if (digits >= FewestDigits && at - start is >= ShortestMark and <= LongestMark)
            {
                yield return start..at;
            }

            (start, digits) = (at + 1, 0);
        }
    }
}
