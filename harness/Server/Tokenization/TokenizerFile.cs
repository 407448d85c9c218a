using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Server.Models;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Reads <c>tokenizer.json</c> (byte-level BPE). What is not supported is refused with its key, because a tokenizer that is
/// almost right gives a model that is quietly wrong.
/// </summary>
internal static class TokenizerFile
{
    private const int MaxVocabulary = 1_000_000;
    private const int MaxTokenLength = 4096;
    private const int MaxPatterns = 16;

    // GPT-2's pattern, which ByteLevel applies when use_regex is set.
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public static Tokenizer Parse(string place, ReadOnlyMemory<byte> content)
    {
        var root = JsonFile.Parse(place, content);
        var model = root.Get("model");
        RequireType(model, "BPE");
        if (model.Find("byte_fallback").Flag(whenAbsent: false))
        {
            throw model.Get("byte_fallback").Wrong("is true (SentencePiece style); ChaosBench reads byte-level BPE");
        }

        var vocabulary = ReadVocabulary(model.Get("vocab"));
        var added = ReadAdded(root.Find("added_tokens"));
        RequireByteLevelDecoder(root.Get("decoder"));
        var (before, after) = ReadPostProcessor(root.Find("post_processor"), added);
        return new Tokenizer(new TokenizerParts
        {
            Bytes = BytesById(model.Get("vocab"), vocabulary, added),
            Merges = ReadMerges(model, vocabulary),
            PreTokenizer = ReadPreTokenizer(root.Get("pre_tokenizer")),
            Added = [.. added.OrderByDescending(a => a.Text.Length)],
            Composes = Composes(root.Find("normalizer")),
            WholePieces = model.Find("ignore_merges").Flag(whenAbsent: false) ? vocabulary : null,
            Before = before,
            After = after,
        });
    }

    private static Dictionary<string, int> ReadVocabulary(JsonFile file)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in file.Entries())
        {
            var number = id.Integer();
            if (number is < 0 or >= MaxVocabulary || token.Length > MaxTokenLength)
            {
                throw id.Wrong($"is {number}; ids are 0 to {MaxVocabulary - 1:N0} and tokens have up to {MaxTokenLength:N0} characters");
            }

            vocabulary[token] = number;
        }

        return vocabulary;
    }

    private static List<(string Text, int Token)> ReadAdded(JsonFile file)
    {
        var added = new List<(string, int)>();
        foreach (var item in file.IsNull ? [] : file.Items())
        {
            var (text, id) = (item.Get("content").Text(), item.Get("id").Integer());
            if (text.Length is 0 or > MaxTokenLength || id is < 0 or >= MaxVocabulary)
            {
                throw item.Wrong($"has id {id} and {text.Length} characters; expected an id below {MaxVocabulary:N0} and some text");
            }

            added.Add((text, id));
        }

        return added;
    }

    private static byte[][] BytesById(JsonFile file, Dictionary<string, int> vocabulary, List<(string Text, int Token)> added)
    {
        var size = vocabulary.Values.Concat(added.Select(a => a.Token)).DefaultIfEmpty(-1).Max() + 1;
        var bytes = new byte[size][];
        Array.Fill(bytes, []);
        var special = added.Select(a => a.Token).ToHashSet();
        foreach (var (token, id) in vocabulary)
        {
            if (special.Contains(id))
            {
                continue;
            }

            bytes[id] = ByteAlphabet.TryDecode(token, out var decoded)
                ? decoded
                : throw file.Wrong($"has the token '{Shown(token)}', which is not written in the byte-level alphabet");
        }

        return bytes;
    }

    private static BytePairMerges ReadMerges(JsonFile model, Dictionary<string, int> vocabulary)
    {
        var byteTokens = new int[256];
        for (var b = 0; b < 256; b++)
        {
            var symbol = ByteAlphabet.ToCharacter((byte)b).ToString();
            byteTokens[b] = vocabulary.TryGetValue(symbol, out var id)
                ? id
                : throw model.Get("vocab").Wrong($"has no token for byte {b} ('{symbol}'); all 256 are needed so that any text can be encoded");
        }

        int Id(JsonFile at, string token) => vocabulary.TryGetValue(token, out var id)
            ? id
            : throw at.Wrong($"names '{Shown(token)}', which vocab does not have");
        var merges = model.Get("merges").Items().Select(merge =>
        {
            var (left, right) = ReadPair(merge);
            return (Id(merge, left), Id(merge, right), Id(merge, left + right));
        });
        return new BytePairMerges(byteTokens, merges);
    }

    private static (string Left, string Right) ReadPair(JsonFile merge)
    {
        // Older files write "a b", newer ones ["a", "b"].
        string[] pair = merge.Kind == JsonValueKind.Array ? [.. merge.Items().Take(3).Select(p => p.Text())] : merge.Text().Split(' ');
        return pair is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right) : throw merge.Wrong("is not a pair of tokens");
    }

    private static PreTokenizer ReadPreTokenizer(JsonFile file)
    {
        var patterns = new List<Regex>();
        var prefixSpace = false;
        var byteLevel = false;
        IEnumerable<JsonFile> steps = TypeOf(file) == "Sequence" ? file.Get("pretokenizers").Items() : [file];
        foreach (var step in steps)
        {
            switch (TypeOf(step))
            {
                case "Split":
                    patterns.Add(ReadSplit(step));
                    break;
                case "Digits":
                    patterns.Add(Pattern(step, step.Find("individual_digits").Flag(whenAbsent: false) ? @"\p{N}" : @"\p{N}+"));
                    break;
                case "ByteLevel":
                    byteLevel = true;
                    prefixSpace = step.Find("add_prefix_space").Flag(whenAbsent: true);
                    if (step.Find("use_regex").Flag(whenAbsent: true))
                    {
                        patterns.Add(Pattern(step, Gpt2));
                    }

                    break;
                default:
                    throw step.Get("type").Wrong($"is '{Shown(TypeOf(step))}'; supported are Sequence, Split, Digits and ByteLevel");
            }
        }

        return byteLevel && patterns.Count <= MaxPatterns
            ? new PreTokenizer(patterns, prefixSpace)
            : throw file.Wrong($"has no ByteLevel step or more than {MaxPatterns} patterns; ChaosBench reads byte-level BPE");
    }

    private static Regex ReadSplit(JsonFile step)
    {
        var behavior = step.Get("behavior");
        if (behavior.Text() != "Isolated")
        {
            throw behavior.Wrong($"is '{Shown(behavior.Text())}'; supported is Isolated");
        }

        var literal = step.Get("pattern").Find("String");
        return literal.IsNull
            ? Pattern(step, step.Get("pattern").Get("Regex").Text())
            : Pattern(step, Regex.Escape(literal.Text()));
    }

    private static Regex Pattern(JsonFile at, string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, PreTokenizer.MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw at.Get("pattern").Wrong($"is a regular expression that .NET does not read ({e.Message})");
        }
    }

    private static void RequireByteLevelDecoder(JsonFile decoder)
    {
        if (TypeOf(decoder) == "Sequence" && decoder.Get("decoders").Items().ToArray() is [var only])
        {
            decoder = only;
        }

        RequireType(decoder, "ByteLevel");
    }

    private static bool Composes(JsonFile file) => !file.IsNull
        && TypeOf(file) switch
        {
            "NFC" => true,
            "Sequence" when !file.Get("normalizers").Items().Any() => false,
            var other => throw file.Get("type").Wrong($"is '{Shown(other)}'; supported are null and NFC"),
        };

    private static (IReadOnlyList<int> Before, IReadOnlyList<int> After) ReadPostProcessor(
        JsonFile file, List<(string Text, int Token)> added)
    {
        var before = new List<int>();
        var after = new List<int>();
        if (file.IsNull || TypeOf(file) == "ByteLevel")
        {
            return (before, after);
        }

        if (TypeOf(file) == "Sequence")
        {
            var parts = file.Get("processors").Items().Where(p => TypeOf(p) != "ByteLevel").ToArray();
            return parts.Length == 0 ? (before, after) : ReadPostProcessor(parts[0], added);
        }

        RequireType(file, "TemplateProcessing");
        var text = false;
        foreach (var item in file.Get("single").Items())
        {
            var special = item.Find("SpecialToken");
            if (special.IsNull)
            {
                text = true;
                continue;
            }

            var name = special.Get("id").Text();
            var found = added.FindIndex(a => a.Text == name);
            (text ? after : before).Add(found >= 0 ? added[found].Token : throw special.Wrong($"names '{Shown(name)}', which added_tokens lacks"));
        }

        return (before, after);
    }

    private static void RequireType(JsonFile file, string expected)
    {
        if (TypeOf(file) != expected)
        {
            throw file.Get("type").Wrong($"is '{Shown(TypeOf(file))}'; supported is {expected}");
        }
    }

    private static string TypeOf(JsonFile file) => file.Get("type").Text();

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
