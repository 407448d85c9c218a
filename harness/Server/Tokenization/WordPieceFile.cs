using System.Text;
using ChaosBench.Server.Models;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Reads a WordPiece tokenizer: <c>tokenizer.json</c> with the parts that BERT has, or the older <c>vocab.txt</c>. What is not
/// supported is refused with its key.
/// </summary>
internal static class WordPieceFile
{
    private const int MaxVocabulary = 1_000_000;
    private const int MaxTokenLength = 4_096;

    /// <summary>Whether a <c>tokenizer.json</c> is of this kind.</summary>
    public static bool IsWordPiece(JsonFile root) => TypeOf(root.Get("model")) == "WordPiece";

    public static WordPieceTokenizer Parse(JsonFile root)
    {
        var model = root.Get("model");
        RequireType(root.Get("pre_tokenizer"), "BertPreTokenizer");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in model.Get("vocab").Entries())
        {
            var number = id.Integer();
            if (number is < 0 or >= MaxVocabulary || token.Length > MaxTokenLength)
            {
                throw id.Wrong($"is {number}; ids are 0 to {MaxVocabulary - 1:N0} and tokens have up to {MaxTokenLength:N0} characters");
            }

            vocabulary[token] = number;
        }

        var unknown = model.Find("unk_token");
        var (before, after) = ReadAround(root.Find("post_processor"), vocabulary);
        return new WordPieceTokenizer(new WordPieceParts
        {
            Vocabulary = vocabulary,
            Text = ReadNormalizer(root.Find("normalizer")),
            Unknown = Known(model, vocabulary, unknown.IsNull ? "[UNK]" : unknown.Text()),
            Prefix = model.Find("continuing_subword_prefix") is { IsNull: false } prefix ? prefix.Text() : "##",
            LongestWord = model.Find("max_input_chars_per_word") is { IsNull: false } longest ? longest.PositiveInteger() : 100,
            Before = before,
            After = after,
        });
    }

    /// <summary>One token a line, its id the line's number; <c>[CLS]</c> and <c>[SEP]</c> stand around a text.</summary>
    /// <param name="lowerCase"><c>do_lower_case</c> of <c>tokenizer_config.json</c>.</param>
    public static WordPieceTokenizer ParseVocabulary(string place, byte[] content, bool lowerCase)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, token) in Encoding.UTF8.GetString(content).TrimEnd('\n', '\r').Split('\n').Index())
        {
            if (line >= MaxVocabulary || token.Length > MaxTokenLength)
            {
                throw new ModelLoadException(
                    $"{place}:{line + 1}", $"is beyond {MaxVocabulary:N0} lines or {MaxTokenLength:N0} characters; is it a vocabulary?");
            }

            vocabulary[token.TrimEnd('\r')] = line;
        }

        int Id(string token) => vocabulary.TryGetValue(token, out var id)
            ? id
            : throw new ModelLoadException(place, $"lacks {token}; expected the vocabulary of a BERT model");
        return new WordPieceTokenizer(new WordPieceParts
        {
            Vocabulary = vocabulary, Text = BertText.For(lowerCase), Unknown = Id("[UNK]"), Before = [Id("[CLS]")], After = [Id("[SEP]")],
        });
    }

    private static BertText ReadNormalizer(JsonFile file)
    {
        if (file.IsNull)
        {
            return new BertText(Clean: false, SeparateChinese: false, StripAccents: false, LowerCase: false);
        }

        RequireType(file, "BertNormalizer");
        var lower = file.Find("lowercase").Flag(whenAbsent: true);
        return new BertText(
            file.Find("clean_text").Flag(whenAbsent: true), file.Find("handle_chinese_chars").Flag(whenAbsent: true),
            file.Find("strip_accents").Flag(whenAbsent: lower), lower);
    }

    private static (int[] Before, int[] After) ReadAround(JsonFile file, Dictionary<string, int> vocabulary)
    {
        if (file.IsNull)
        {
            return ([], []);
        }

        if (TypeOf(file) == "BertProcessing")
        {
            // Each is written as ["[CLS]", 101].
            return ([Known(file, vocabulary, file.Get("cls").Items().First().Text())],
                [Known(file, vocabulary, file.Get("sep").Items().First().Text())]);
        }

        RequireType(file, "TemplateProcessing");
        var names = file.Get("single").Items().Select(item => item.Find("SpecialToken") is { IsNull: false } special
            ? special.Get("id").Text()
            : null).ToArray();
        var text = Array.IndexOf(names, null);
        return text < 0 || Array.LastIndexOf(names, null) != text
            ? throw file.Get("single").Wrong("does not hold the text exactly once")
            : ([.. names[..text].Select(name => Known(file, vocabulary, name!))], [.. names[(text + 1)..].Select(name => Known(file, vocabulary, name!))]);
    }

    private static int Known(JsonFile at, Dictionary<string, int> vocabulary, string token) => vocabulary.TryGetValue(token, out var id)
        ? id
        : throw at.Wrong($"names '{Shown(token)}', which vocab does not have");

    private static void RequireType(JsonFile file, string expected)
    {
        if (TypeOf(file) != expected)
        {
            throw file.Get("type").Wrong($"is '{Shown(TypeOf(file))}'; with WordPiece {expected} is supported");
        }
    }

    private static string TypeOf(JsonFile file) => file.Get("type").Text();

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
