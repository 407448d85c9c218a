using System.Security.Cryptography;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Reports.Inspection;

/// <summary>Looks at a prompt set before anyone trusts it. Pure: the same prompts give the same report, which never quotes them.</summary>
public static class Inspector
{
    private const int Shown = 5;

    /// <summary>Beyond so many interquartile ranges above the upper quartile a length is an outlier (Tukey's far fence).</summary>
    private const double Fence = 3;

    /// <summary>A tag with more values than this is a name, not a label.</summary>
    private const int MostLabels = 50;
    private const double Imbalance = 10;
    private const int FewestOfALabel = 5;

    /// <param name="path">As named by the user.</param>
    /// <param name="reference">What the prompts are compared with; null: nothing.</param>
    /// <param name="file">The file's bytes, unpacked; null: they are not looked at.</param>
    public static InspectionReport Inspect(string path, LoadedPrompts set, LoadedPrompts? reference = null, byte[]? file = null)
    {
        var subjects = set.Prompts.Select(prompt => new Subject(prompt)).ToList();
        var others = reference?.Prompts.Select(prompt => new Subject(prompt)).ToList();
        var (facts, findings) = (new Dictionary<string, double>(StringComparer.Ordinal), new List<InspectionFinding>());
        findings.AddRange(file is null ? [] : Encodings.Look(file));
        Rows(set, findings);
        Duplicates(subjects, facts, findings);
        Traces(subjects, findings);
        Lengths(subjects, facts, findings);
        PersonalData(subjects, findings);
        var labels = Labels(subjects, file is null ? [] : AnswerFields.In(file), (facts, findings));
        var drift = others is null ? [] : DriftInspector.Compare(subjects, others);
        findings.AddRange(drift.Where(one => one.Drifted).Select(one => new InspectionFinding("drift", $"{one.Property}: {one.Sentence}", 1, [])));
        if (others is not null && Math.Min(others.Count, subjects.Count) < DriftInspector.Fewest)
        {
            findings.Add(new InspectionFinding(
                "drift-untold", FormattableString.Invariant($"drift from {others.Count} prompts to {subjects.Count} cannot be told: it takes at least {DriftInspector.Fewest} of each"), subjects.Count, []));
        }

        if (others is not null)
        {
            var known = others.Select(other => other.Normal).ToHashSet(StringComparer.Ordinal);
            Found(findings, "in-reference", "are in the reference too", subjects.FindAll(subject => known.Contains(subject.Normal)), subjects.Count);
        }

        var lineage = new Lineage(Hash(set.Files), ContentHash(subjects), reference is null ? null : Hash(reference.Files), others is null ? null : ContentHash(others));
        return new InspectionReport(InspectionReport.CurrentSchema, path, subjects.Count, set.Skipped.Count, findings, facts, labels, lineage, drift);
    }

    private static void Rows(LoadedPrompts set, List<InspectionFinding> findings)
    {
        if (set.Skipped.Count > 0)
        {
            findings.Add(new InspectionFinding(
                "unreadable-rows", $"{set.Skipped.Count} rows could not be read: {set.Skipped[0].Reason}", set.Skipped.Count,
                [.. set.Skipped.Take(Shown).Select(row => FormattableString.Invariant($"row {row.Row}"))]));
        }
    }

    private static void Duplicates(List<Subject> subjects, Dictionary<string, double> facts, List<InspectionFinding> findings)
    {
        var groups = subjects.GroupBy(subject => subject.Normal, StringComparer.Ordinal).ToList();
        var again = groups.SelectMany(group => group.Skip(1)).ToList();
        Found(findings, "duplicates", "say what an earlier one says, but for case and white space", again, subjects.Count);
        var contradicting = groups.Where(group => group.Select(subject => subject.Prompt.Expected).OfType<string>().Distinct(StringComparer.Ordinal).Count() > 1)
            .SelectMany(group => group).ToList();
        Found(findings, "contradicting-answers", "are the same and expect different answers", contradicting, subjects.Count);
        var firsts = groups.Select(group => group.First()).ToList();
        var near = Likes.NearDuplicates([.. firsts.Select(subject => subject.Normal)]);
        Found(findings, "near-duplicates", FormattableString.Invariant($"are like an earlier one to {Likes.Near * 100:0} % or more"), [.. near.Select(at => firsts[at])], subjects.Count);
        facts["distinct"] = groups.Count;
        facts["distinctShare"] = subjects.Count == 0 ? 0 : (double)groups.Count / subjects.Count;
    }

    private static void Traces(List<Subject> subjects, List<InspectionFinding> findings)
    {
        foreach (var (code, words, isIn) in Characters.Traces)
        {
            Found(findings, code, words, subjects.FindAll(subject => isIn(subject.Text)), subjects.Count);
        }
    }

    private static void Lengths(List<Subject> subjects, Dictionary<string, double> facts, List<InspectionFinding> findings)
    {
        if (subjects.Count == 0)
        {
            return;
        }

        var sorted = QuantileEstimators.Sorted([.. subjects.Select(subject => (double)subject.Text.Length)]);
        double At(double probability) => QuantileEstimators.OfSorted(sorted, probability);
        foreach (var (name, probability) in new[] { ("charsMin", 0.0), ("charsP25", 0.25), ("charsP50", 0.5), ("charsP75", 0.75), ("charsP95", 0.95), ("charsMax", 1.0) })
        {
            facts[name] = At(probability);
        }

        var range = At(0.75) - At(0.25);
        var (low, high) = (At(0.25) - (Fence * range), At(0.75) + (Fence * range));
        Found(findings, "empty", "are empty", subjects.FindAll(subject => subject.Normal.Length == 0), subjects.Count);
        Found(
            findings, "length-outliers", FormattableString.Invariant($"are shorter than {Math.Max(0, low):0} or longer than {high:0} characters (quartiles and {Fence} times their distance)"),
            subjects.FindAll(subject => range > 0 && (subject.Text.Length < low || subject.Text.Length > high)), subjects.Count);
    }

    private static void PersonalData(List<Subject> subjects, List<InspectionFinding> findings)
    {
        foreach (var kind in RedactionRules.Default.Rules.GroupBy(rule => rule.What))
        {
            Found(
                findings, $"personal-data-{kind.Key}", $"hold what looks like {Named(kind.Key)}",
                subjects.FindAll(subject => kind.Any(rule => rule.Pattern.EnumerateMatches(subject.Text) is var matches && Holds(rule, matches, subject.Text))), subjects.Count);
        }
    }

    private static string Named(string kind) => kind switch
    {
        "e-mail" => "an e-mail address",
        "phone" => "a phone number",
        "card" => "a card number",
        _ => $"a {kind}",
    };

    private static bool Holds(RedactionRule rule, System.Text.RegularExpressions.Regex.ValueMatchEnumerator matches, string text)
    {
        foreach (var match in matches)
        {
            if (rule.Holds is null || rule.Holds(text.AsSpan(match.Index, match.Length)))
            {
                return true;
            }
        }

        return false;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, int>> Labels(
        List<Subject> subjects, IReadOnlyList<string> unread, (Dictionary<string, double> Facts, List<InspectionFinding> Findings) into)
    {
        var (facts, findings) = into;
        var without = subjects.FindAll(subject => string.IsNullOrWhiteSpace(subject.Prompt.Expected));
        facts["labelledShare"] = subjects.Count == 0 ? 0 : 1 - ((double)without.Count / subjects.Count);
        Found(findings, without.Count == subjects.Count ? "no-labels" : "missing-labels", "have no expected answer, so nothing tells whether one is right"
            + (unread.Count == 0 ? "" : $" ({string.Join(", ", unread.Select(name => $"'{name}'"))} in the file is not read: what an answer is to be goes under 'expected', or is asserted in the mix)"), without, subjects.Count);
        var labels = new SortedDictionary<string, IReadOnlyDictionary<string, int>>(StringComparer.Ordinal);
        var names = subjects.SelectMany(subject => subject.Prompt.Tags.Keys).Distinct().ToList();
        foreach (var name in names)
        {
            Add($"tag {name}", subjects.Select(subject => subject.Prompt.Tags.GetValueOrDefault(name)));
        }

        Add("expected", subjects.Select(subject => subject.Prompt.Expected is { Length: <= 60 } expected ? expected : null));
        Add("language", subjects.Select(subject => subject.Language));
        return new Dictionary<string, IReadOnlyDictionary<string, int>>(labels, StringComparer.Ordinal);

        void Add(string name, IEnumerable<string?> values)
        {
            var counts = values.OfType<string>().CountBy(value => value, StringComparer.Ordinal).OrderByDescending(value => value.Value)
                .ThenBy(value => value.Key, StringComparer.Ordinal).ToDictionary(value => value.Key, value => value.Value, StringComparer.Ordinal);
            if (counts.Count is < 1 or > MostLabels || (counts.Count == counts.Values.Sum() && counts.Count > 1))
            {
                return;
            }

            labels[name] = counts;
            var (most, least) = (counts.First(), counts.Last());
            if (name != "language" && (most.Value >= Imbalance * least.Value || least.Value < FewestOfALabel))
            {
                findings.Add(new InspectionFinding(
                    "imbalanced-labels", $"{name}: '{Cut(most.Key)}' has {most.Value} prompts and '{Cut(least.Key)}' has {least.Value}: a mean over all of them speaks of the first", counts.Count, []));
            }
        }
    }

    private static string Cut(string text) => text.Length <= 24 ? text : text[..24] + "...";

    private static void Found(List<InspectionFinding> findings, string code, string words, List<Subject> found, int all)
    {
        if (found.Count > 0)
        {
            findings.Add(new InspectionFinding(
                code, FormattableString.Invariant($"{found.Count} of {all} prompts ({100.0 * found.Count / all:0.##} %) {words}"), found.Count, [.. found.Take(Shown).Select(subject => subject.Prompt.Id)]));
        }
    }

    private static string Hash(IReadOnlyDictionary<string, string> files) => files.Count == 1 ? files.Values.First()
        : Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', files.Values.Order(StringComparer.Ordinal)))));

    /// <summary>Of the prompts and their expected answers, in no order: the same set in another file or format has the same.</summary>
    private static string ContentHash(List<Subject> subjects) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
        string.Join('\n', subjects.Select(subject => subject.Sha256).Order(StringComparer.Ordinal)))));

    /// <summary>A prompt as the inspection sees it.</summary>
    internal sealed class Subject
    {
        public Subject(Prompt prompt)
        {
            Prompt = prompt;
            Text = string.Join('\n', prompt.Messages.Select(message => message.Content));
            Normal = NormalOf(Text);
            Language = LanguageTeller.Of(Text) ?? "not told";
            var hash = PromptHash.Sha256(new PlannedPrompt(prompt.Id, prompt.Messages, null, null));
            Sha256 = $"{hash} {Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.Unicode.GetBytes(prompt.Expected ?? "")))}";
        }

        public Prompt Prompt { get; }
        public string Text { get; }
        public string Normal { get; }
        public string Language { get; }
        public string Sha256 { get; }

        /// <summary>Text with lone surrogates has no normal form; it is its own.</summary>
        private static string NormalOf(string text)
        {
            try
            {
                return Likes.Normal(text);
            }
            catch (ArgumentException)
            {
                return text;
            }
        }
    }
}
