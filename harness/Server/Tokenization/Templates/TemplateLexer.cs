using System.Text;

namespace ChaosBench.Server.Tokenization.Templates;

internal enum TemplateTokenKind
{
    Text,
    OpenStatement,
    OpenOutput,
    Close,
    Name,
    String,
    Integer,
    Symbol,
    End,
}

internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line);

/// <summary>
/// Cuts a template into tokens with the whitespace rules that chat templates are written for (trim_blocks, lstrip_blocks and
/// the explicit minus signs).
/// </summary>
internal sealed class TemplateLexer(string source)
{
    private static readonly string[] Symbols =
    [
        "==", "!=", "<=", ">=", "//",
        "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", "+", "-", "*", "%", "~", "<", ">", "=", "/",
    ];

    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;

    public static IReadOnlyList<TemplateToken> Read(string source) => new TemplateLexer(source).Run();

    private List<TemplateToken> Run()
    {
        var trimLeft = false;
        while (_at < source.Length)
        {
            var open = NextOpening(_at);
            var text = source[_at..open];
            var next = open < source.Length ? source[open + 1] : '\0';
            var minus = open + 2 < source.Length && source[open + 2] == '-';
            AddText(trimLeft ? text.TrimStart() : text, trimEnd: minus, stripLine: next is '%' or '#' && !minus);
            Advance(open);
            if (open == source.Length)
            {
                break;
            }

            trimLeft = next == '#' ? SkipComment() : ReadBlock(next, minus);
        }

        _tokens.Add(new TemplateToken(TemplateTokenKind.End, "", _line));
        return _tokens;
    }

    private int NextOpening(int from)
    {
        for (var i = from; i + 1 < source.Length; i++)
        {
            if (source[i] == '{' && (source[i + 1] is '{' or '%' or '#'))
            {
                return i;
            }
        }

        return source.Length;
    }

    private void AddText(string text, bool trimEnd, bool stripLine)
    {
        if (trimEnd)
        {
            text = text.TrimEnd();
        }
        else if (stripLine)
        {
            // lstrip_blocks: blanks between the start of a line and a statement do not count.
            var end = text.AsSpan().TrimEnd(" \t").Length;
            if (end == 0 ? _at == 0 || source[_at - 1] == '\n' : text[end - 1] == '\n')
            {
                text = text[..end];
            }
        }

        if (text.Length > 0)
        {
            _tokens.Add(new TemplateToken(TemplateTokenKind.Text, text, _line));
        }
    }

    private bool SkipComment()
    {
        var end = source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateSyntaxException(_line, "a comment is not closed with #}");
        }

        var minus = source[end - 1] == '-';
        Advance(end + 2);
        SkipNewline();
        return minus;
    }

    /// <summary>True when the closing sign asks to trim the text that follows.</summary>
    private bool ReadBlock(char kind, bool minus)
    {
        var statement = kind == '%';
        var plus = !minus && _at + 2 < source.Length && source[_at + 2] == '+';
        _tokens.Add(new TemplateToken(statement ? TemplateTokenKind.OpenStatement : TemplateTokenKind.OpenOutput, "", _line));
        Advance(_at + (minus || plus ? 3 : 2));
        var close = statement ? "%}" : "}}";
        var braces = 0;
        while (true)
        {
            SkipBlanks();
            if (_at >= source.Length)
            {
                throw new TemplateSyntaxException(_line, $"a block is not closed with {close}");
            }

            var trim = source[_at] == '-' && Matches(_at + 1, close);
            if (trim || (braces == 0 && Matches(_at, close)))
            {
                _tokens.Add(new TemplateToken(TemplateTokenKind.Close, "", _line));
                Advance(_at + close.Length + (trim ? 1 : 0));
                if (statement && !trim)
                {
                    SkipNewline();
                }

                return trim;
            }

            ReadToken();
            braces += _tokens[^1] is { Kind: TemplateTokenKind.Symbol, Text: var symbol } ? symbol == "{" ? 1 : symbol == "}" ? -1 : 0 : 0;
        }
    }

    private void ReadToken()
    {
        var (line, start, c) = (_line, _at, source[_at]);
        if (c is '\'' or '"')
        {
            _tokens.Add(new TemplateToken(TemplateTokenKind.String, ReadString(c), line));
        }
        else if (char.IsAsciiLetter(c) || c == '_')
        {
            Advance(Scan(start, static x => char.IsAsciiLetterOrDigit(x) || x == '_'));
            _tokens.Add(new TemplateToken(TemplateTokenKind.Name, source[start.._at], line));
        }
        else if (char.IsAsciiDigit(c))
        {
            Advance(Scan(start, char.IsAsciiDigit));
            _tokens.Add(new TemplateToken(TemplateTokenKind.Integer, source[start.._at], line));
        }
        else
        {
            var symbol = Array.Find(Symbols, s => Matches(_at, s)) ?? throw new TemplateSyntaxException(line, $"'{c}' is not expected here");
            Advance(_at + symbol.Length);
            _tokens.Add(new TemplateToken(TemplateTokenKind.Symbol, symbol, line));
        }
    }

    private string ReadString(char quote)
    {
        var text = new StringBuilder();
        for (var i = _at + 1; i < source.Length; i++)
        {
            if (source[i] == quote)
            {
                Advance(i + 1);
                return text.ToString();
            }

            if (source[i] != '\\' || i + 1 == source.Length)
            {
                text.Append(source[i]);
                continue;
            }

            i++;
            text.Append(source[i] switch
            {
                'n' => "\n",
                't' => "\t",
                'r' => "\r",
                '\\' or '\'' or '"' => source[i].ToString(),
                var other => "\\" + other,
            });
        }

        throw new TemplateSyntaxException(_line, "a string is not closed");
    }

    private int Scan(int from, Func<char, bool> belongs)
    {
        while (from < source.Length && belongs(source[from]))
        {
            from++;
        }

        return from;
    }

    private bool Matches(int at, string text) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;

    private void SkipBlanks() => Advance(Scan(_at, char.IsWhiteSpace));

    /// <summary>trim_blocks: the newline right after a statement does not count.</summary>
    private void SkipNewline()
    {
        if (_at < source.Length && source[_at] == '\n')
        {
            Advance(_at + 1);
        }
    }

    private void Advance(int to)
    {
        _line += source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }
}
