using System.Text.RegularExpressions;

namespace ChaosBench.Reports.Content;

/// <summary>What is taken out of texts before they are written: the patterns that always apply, and those of a file.</summary>
/// <param name="Rules">In order; an earlier one wins where two would match.</param>
public sealed record RedactionRules(IReadOnlyList<RedactionRule> Rules)
{
    /// <summary>A file of more lines than this is no list of names that anybody keeps.</summary>
    public const int MaxLines = 10_000;

    private const int MaxLineLength = 500;

    // Shorter values would blot out ordinary words, and are no secrets.
    private const int MinSecret = 4;

    // Linear in the text whatever the text is: outputs of models are hostile, and a pattern must not hang on them.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Keys and tokens before anything that could match a part of them; cards before telephone numbers, which they resemble.</summary>
    public static RedactionRules Default { get; } = new(
    [
        new("key", new Regex(@"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s]*(-----END [A-Z ]{0,40}PRIVATE KEY-----)?", Options)),
        new("key", new Regex(@"\b(sk|pk|rk|hf|xox[abpr]|ghp|gho|ghs|github_pat|glpat|npm)[-_][A-Za-z0-9_\-]{16,}", Options)),
        new("key", new Regex(@"\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_\-]{35}\b", Options)),
        new("key", new Regex(@"\beyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]*", Options)),
        new("key", new Regex(@"(?i)\bbearer\s+[A-Za-z0-9._~+/\-]{16,}=*", Options)),
        new("e-mail", new Regex(@"[\p{L}\p{N}._%+\-]{1,64}@[\p{L}\p{N}\-]{1,63}(\.[\p{L}\p{N}\-]{1,63}){1,8}", Options)),
        new("card", new Regex(@"\b\d(?:[ \-]?\d){12,18}\b", Options), IsCard),
        new("phone", new Regex(@"(\+|\b00)\d{1,3}([ .\-/]?\(?\d{1,4}\)?){2,6}|\(\d{3}\) ?\d{3}[ .\-]\d{4}\b|\b\d{3}[.\-]\d{3}[.\-]\d{4}\b", Options)),
    ]);

    /// <summary>
    /// The rules with those of a file before them: each line is a name (whole words, in any case), or a pattern between slashes as in
    /// <c>/ORD-[0-9]{8}/</c>. Empty lines and lines that start with # do not count.
    /// </summary>
    /// <exception cref="FormatException">A line is no pattern, or the file is too long: place, what is wrong, what would be right.</exception>
    public static RedactionRules Parse(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rules = new List<RedactionRule>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim().TrimStart('\uFEFF');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (number > MaxLines || line.Length > MaxLineLength)
            {
                throw new FormatException(FormattableString.Invariant(
                    $"{place}:{number}: too long; at most {MaxLines} lines of {MaxLineLength} characters are read"));
            }

            rules.Add(Rule(line, place, number));
        }

        return new RedactionRules([.. rules, .. Default.Rules]);
    }

    /// <summary>The same rules with these very values before them: keys that the run itself uses, and a server may repeat.</summary>
    public RedactionRules With(IEnumerable<string> secrets) => new(
    [
        .. secrets.Where(secret => secret.Length >= MinSecret).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length)
            .Select(secret => new RedactionRule("key", new Regex(Regex.Escape(secret), Options))),
        .. Rules,
    ]);

    private static RedactionRule Rule(string line, string place, int number)
    {
        if (line is not ['/', _, .., '/'])
        {
            // A boundary has a letter or digit on one side: beside other characters it would ask for one that is not there.
            var (left, right) = (char.IsLetterOrDigit(line[0]) ? @"\b" : "", char.IsLetterOrDigit(line[^1]) ? @"\b" : "");
            return new RedactionRule("name", new Regex($"(?i){left}{Regex.Escape(line)}{right}", Options));
        }

        try
        {
            return new RedactionRule("redacted", new Regex(line[1..^1], Options));
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw new FormatException(FormattableString.Invariant(
                $"{place}:{number}: this pattern cannot be used: {wrong.Message.ReplaceLineEndings(" ")}; write one without look-around and back-references"));
        }
    }

    /// <summary>Luhn's check (ISO/IEC 7812-1, annex B): a random number of this length passes one time in ten.</summary>
    private static bool IsCard(ReadOnlySpan<char> match)
    {
        var (sum, twice) = (0, false);
        for (var at = match.Length - 1; at >= 0; at--)
        {
            if (!char.IsAsciiDigit(match[at]))
            {
                continue;
            }

            var digit = (match[at] - '0') * (twice ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
            twice = !twice;
        }

        return sum % 10 == 0;
    }
}

/// <param name="What">Stands in the text afterwards, as in <c>[e-mail]</c>.</param>
/// <param name="Holds">A check that a pattern cannot make. Null: every match counts.</param>
public sealed record RedactionRule(string What, Regex Pattern, MatchCheck? Holds = null)
{
    /// <summary>The text without what the rule finds; the same object when it finds nothing.</summary>
    public string Apply(string text) => Pattern.Replace(
        text, match => Holds is null || Holds(match.ValueSpan) ? $"[{What}]" : match.Value);
}

public delegate bool MatchCheck(ReadOnlySpan<char> match);
