using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>assert:</c> of a line of the mix.</summary>
internal static class AssertionKeys
{
    private const int MostLength = 10_000_000;

    /// <summary>For patterns that need backtracking. Far more than an honest pattern takes on an honest answer.</summary>
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(20);

    private static readonly Kind<Regex> Pattern = new CheckedKind<string, Regex>(Scalars.Text, static (text, _, _) => Compiled(text));

    private static readonly Key<IReadOnlyList<Regex>> Matching = new(
        "regex", new ListOf<Regex>(Pattern, "patterns", 1, 20, orOne: true), "Patterns that the answer matches somewhere, all of them.")
        { Example = "'^\\{'" };

    private static readonly Key<IReadOnlyList<Regex>> NotMatching = new(
        "notRegex", new ListOf<Regex>(Pattern, "patterns", 1, 20, orOne: true), "Patterns that the answer matches nowhere.")
        { Example = "'(?i)as an ai'" };

    private static readonly Key<Assertion.HasSchema> Schema = new(
        "jsonSchema", new CheckedKind<string, Assertion.HasSchema>(Scalars.Path, static (path, _, reading) => Read(path, reading)),
        "File with a JSON Schema (a documented subset of 2020-12), relative to this file's folder; the whole answer must be one value that it allows.")
        { Example = "answer.schema.json" };

    private static readonly Key<double> Number = new(
        "number", Scalars.Number(0, 1e12), "How far the last number of the answer may be from the last number of the expected answer.")
        { Example = "0.01" };

    private static readonly Key<Share> Rouge1 = Likeness("rouge1", "ROUGE-1: F1 of the words in common.");
    private static readonly Key<Share> Rouge2 = Likeness("rouge2", "ROUGE-2: F1 of the pairs of words in common.");
    private static readonly Key<Share> RougeL = Likeness("rougeL", "ROUGE-L: F1 of the longest common sequence of words.");
    private static readonly Key<Share> Bleu = Likeness("bleu", "BLEU of up to 4 words, with add-one smoothing from 2 words on.");
    private static readonly Key<Share> Chrf = Likeness("chrf", "chrF2: F2 of up to 6 characters in common, white space left out.");
    private static readonly Key<Share> Levenshtein = Likeness("levenshtein", "1 - edit distance / length of the longer one, in characters.");

    private static readonly Key<Assertion.Refuses> Refusal = new(
        "refusal", Scalars.Choice("never or always", ("never", new Assertion.Refuses(false)), ("always", new Assertion.Refuses(true))),
        "Whether the answer is a refusal, told by its words: never for honest prompts, always for what must be refused.")
        { Example = "never" };

    private static readonly Key<int> MinChars = Bound("minChars", "Characters of the answer at least.", "1");
    private static readonly Key<int> MaxChars = Bound("maxChars", "Characters of the answer at most.", "2000");
    private static readonly Key<int> MinTokens = Bound("minTokens", "Tokens of the answer at least, as the target counts them.", "1");
    private static readonly Key<int> MaxTokens = Bound("maxTokens", "Tokens of the answer at most, as the target counts them.", "400");

    private static readonly Key<IReadOnlyList<string>> Finish = new(
        "finishReason", new ListOf<string>(
            Scalars.Choice("a finish reason", [.. new[] { "stop", "length", "tool_calls", "content_filter" }.Select(word => (word, word))]),
            "finish reasons", 1, 4, orOne: true),
        "Why the answer may end; an answer cut off by maxTokens ends for length.") { Example = "stop" };

    private static readonly Key<string> Language = new(
        "language", Scalars.Choice("a language", [.. Languages.All.Select(code => (code, code))]),
        "Told by script and by common words; an answer too short to tell is wrong.") { Example = "en" };

    private static readonly Table<IReadOnlyList<Assertion>> Table = new(
        "assertions", "assertions", "What must hold of every answer beside being right.",
        [
            Matching, NotMatching, Schema, Number, Rouge1, Rouge2, RougeL, Bleu, Chrf, Levenshtein, Refusal,
            MinChars, MaxChars, MinTokens, MaxTokens, Finish, Language,
        ],
        Read);

    public static readonly Key<IReadOnlyList<Assertion>> Assert = new(
        "assert", Table, "What must hold of every answer beside being right. An answer that breaks one is not good (attainment).")
        { Default = "{}", Example = "{ refusal: never, finishReason: stop }" };

    /// <summary>What to write to have a metric.</summary>
    public static string ExampleOf(MetricId metric) => metric switch
    {
        MetricId.RegexRight => "{ regex: '^\\{' }",
        MetricId.SchemaRight => "{ jsonSchema: answer.schema.json }",
        MetricId.NumberRight => "{ number: 0.01 }",
        MetricId.LengthRight => "{ maxChars: 2000 }",
        MetricId.FinishRight => "{ finishReason: stop }",
        MetricId.LanguageRight => "{ language: en }",
        >= MetricId.Rouge1 and <= MetricId.Levenshtein => $"{{ {(metric == MetricId.RougeL ? "rougeL" : Metrics.NameOf(metric))}: 60% }}",
        _ => "{ refusal: never }",
    };

    private static List<Assertion> Read(KeyReader keys)
    {
        var found = new List<Assertion>();
        found.AddRange((keys.Find(Matching) ?? []).Select(pattern => new Assertion.Matches(pattern, true)));
        found.AddRange((keys.Find(NotMatching) ?? []).Select(pattern => new Assertion.Matches(pattern, false)));
        Add(keys.Find(Schema));
        Add(keys.Maybe(Number) is { } tolerance ? new Assertion.Near(tolerance) : null);
        foreach (var (key, measure) in new[]
        {
            (Rouge1, MetricId.Rouge1), (Rouge2, MetricId.Rouge2), (RougeL, MetricId.RougeL),
            (Bleu, MetricId.Bleu), (Chrf, MetricId.Chrf), (Levenshtein, MetricId.Levenshtein),
        })
        {
            Add(keys.Maybe(key) is { } least ? new Assertion.Like(measure, least) : null);
        }

        Add(keys.Find(Refusal));
        Add(Length(keys));
        Add(keys.Find(Finish) is { } reasons ? new Assertion.Finishes(reasons) : null);
        Add(keys.Find(Language) is { } code ? new Assertion.IsIn(code) : null);
        return found;

        void Add(Assertion? assertion)
        {
            if (assertion is not null)
            {
                found.Add(assertion);
            }
        }
    }

    private static Assertion.HasLength? Length(KeyReader keys)
    {
        var length = new Assertion.HasLength(keys.Maybe(MinChars), keys.Maybe(MaxChars), keys.Maybe(MinTokens), keys.Maybe(MaxTokens));
        foreach (var (key, least, most) in new[] { (MaxChars, length.MinChars, length.MaxChars), (MaxTokens, length.MinTokens, length.MaxTokens) })
        {
            if (least > most)
            {
                keys.Report(key, FormattableString.Invariant($"at most {most} and at least {least}"), "write a range that something fits into");
            }
        }

        return length == new Assertion.HasLength(null, null, null, null) ? null : length;
    }

    private static Parsed<Regex> Compiled(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            // Look-around and back-references backtrack: then the clock is what ends them.
            return new Regex(text, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (ArgumentException)
        {
            return new Flaw($"{Shown.Quoted(text)} is not a pattern", "write a .NET regular expression, for example '^\\{'; single quotes keep its backslashes");
        }
    }

    private static Parsed<Assertion.HasSchema> Read(string path, Reading reading)
    {
        try
        {
            return new Assertion.HasSchema(path, reading.Options.ReadJsonSchema?.Invoke(path));
        }
        catch (FormatException problem)
        {
            return new Flaw($"{Shown.Quoted(path)}: {problem.Message}", "mend the schema, or name another file");
        }
    }

    private static Key<Share> Likeness(string name, string formula) =>
        new(name, Scalars.Share, $"Least likeness to the expected answer. {formula}") { Example = "60%" };

    private static Key<int> Bound(string name, string meaning, string example) =>
        new(name, Scalars.Count(0, MostLength), meaning) { Example = example };
}
