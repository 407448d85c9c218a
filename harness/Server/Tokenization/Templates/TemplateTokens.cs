namespace ChaosBench.Server.Tokenization.Templates;

/// <summary>A cursor over the tokens, with the bound on nesting that keeps a hostile template off the stack's end.</summary>
internal sealed class TemplateTokens(IReadOnlyList<TemplateToken> tokens)
{
    private const int MaxDepth = 100;

    private int _at;
    private int _depth;

    public TemplateToken Current => tokens[_at];

    public TemplateToken Next() => _at + 1 < tokens.Count ? tokens[_at++] : tokens[_at];

    public bool Is(TemplateTokenKind kind, string text) => Current.Kind == kind && Current.Text == text;

    /// <summary>The token two ahead decides between <c>not in</c> and <c>not</c>, and whether a statement follows.</summary>
    public TemplateToken Peek() => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public bool Take(TemplateTokenKind kind, string text)
    {
        if (!Is(kind, text))
        {
            return false;
        }

        Next();
        return true;
    }

    public TemplateToken Expect(TemplateTokenKind kind, string? text = null)
    {
        var token = Current;
        return token.Kind == kind && (text is null || token.Text == text)
            ? Next()
            : throw new TemplateSyntaxException(token.Line, $"expected {text ?? kind.ToString()}, found '{token.Text}'");
    }

    public T Nested<T>(Func<T> parse)
    {
        if (++_depth > MaxDepth)
        {
            throw new TemplateSyntaxException(Current.Line, $"nested deeper than {MaxDepth}");
        }

        var result = parse();
        _depth--;
        return result;
    }
}
