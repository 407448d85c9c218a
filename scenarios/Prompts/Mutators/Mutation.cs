using System.Globalization;
using System.Text;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>One application of a mutator: its random stream and its parameters.</summary>
/// <param name="with">Values by name in base units; out of range is an error of the scenario.</param>
internal sealed class Mutation(SplitMix64 random, IReadOnlyDictionary<string, string> with)
{
    public SplitMix64 Random => random;

    /// <summary>0 to 1.</summary>
    public double Share(string name, double fallback) => Number(name, fallback, 0, 1);

    /// <summary>A whole number, 1 to <paramref name="most"/>.</summary>
    public int Count(string name, int fallback, int most) => (int)Number(name, fallback, 1, most);

    public string Text(string name, string fallback) => with.GetValueOrDefault(name, fallback);

    public bool Chance(double share) => random.NextDouble() < share;

    /// <summary>A place in the text that splits no surrogate pair, from 0 to its length.</summary>
    public int Place(string text)
    {
        var at = random.Next(text.Length + 1);
        return at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at;
    }

    /// <summary>Puts <paramref name="count"/> pieces at random places, in one pass: prompts may be megabytes.</summary>
    public string Insert(string text, int count, Func<string> piece)
    {
        var places = new int[count];
        for (var at = 0; at < count; at++)
        {
            places[at] = Place(text);
        }

        Array.Sort(places);
        var result = new StringBuilder(text.Length + count);
        var copied = 0;
        foreach (var place in places)
        {
            result.Append(text, copied, place - copied).Append(piece());
            copied = place;
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>
    /// Replaces about <paramref name="share"/> of the places that <paramref name="replace"/> has something for (null: nothing), and
    /// at least one where there is any.
    /// </summary>
    public string Replace(string text, double share, Func<Rune, string?> replace)
    {
        var open = text.EnumerateRunes().Count(rune => replace(rune) is not null);
        if (open == 0)
        {
            return text;
        }

        var certain = random.Next(open);
        var result = new StringBuilder(text.Length + 16);
        var seen = 0;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            // A lone surrogate reads as U+FFFD of one unit: the text itself is copied, so it survives.
            var length = rune == Rune.ReplacementChar ? 1 : rune.Utf16SequenceLength;
            var other = replace(rune);
            var chosen = other is not null && (seen++ == certain | Chance(share));
            result.Append(chosen ? other : text.AsSpan(at, length));
            at += length;
        }

        return result.ToString();
    }

    private double Number(string name, double fallback, double least, double most)
    {
        if (!with.TryGetValue(name, out var text))
        {
            return fallback;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new PromptException(string.Create(CultureInfo.InvariantCulture, $"with.{name}: {text} is outside {least} to {most}"));
    }
}
