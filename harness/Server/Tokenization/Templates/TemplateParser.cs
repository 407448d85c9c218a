using static ChaosBench.Server.Tokenization.Templates.TemplateTokenKind;
using Expression = System.Func<ChaosBench.Server.Tokenization.Templates.TemplateScope, object?>;
using Statement = System.Action<ChaosBench.Server.Tokenization.Templates.TemplateScope>;

namespace ChaosBench.Server.Tokenization.Templates;

/// <summary>
/// The Jinja subset of chat templates: output, for, if/elif/else, set (also into a namespace). A statement outside of it is an
/// error when the template is read; an unknown filter, test or function only when it is reached, since tool calling often hides there.
/// </summary>
internal sealed class TemplateParser
{
    private readonly TemplateTokens _tokens;
    private readonly TemplateExpressions _expressions;

    private TemplateParser(string source)
    {
        _tokens = new TemplateTokens(TemplateLexer.Read(source));
        _expressions = new TemplateExpressions(_tokens);
    }

    /// <exception cref="TemplateSyntaxException">Malformed or not supported.</exception>
    public static Statement Parse(string source)
    {
        var parser = new TemplateParser(source);
        var body = parser.Block();
        var rest = parser._tokens.Current;
        return rest.Kind == End
            ? body
            : throw new TemplateSyntaxException(rest.Line, $"'{parser._tokens.Peek().Text}' closes or continues nothing");
    }

    /// <summary>Up to the end or a statement that closes or continues the block around it.</summary>
    private Statement Block() => _tokens.Nested(() =>
    {
        var statements = new List<Statement>();
        while (Next() is { } statement)
        {
            statements.Add(statement);
        }

        return (Statement)(scope => statements.ForEach(s => s(scope)));
    });

    private Statement? Next()
    {
        switch (_tokens.Current.Kind)
        {
            case TemplateTokenKind.Text:
                var text = new TrustedText().Append(_tokens.Next().Text, trusted: true);
                return s => s.Write(text);
            case OpenOutput:
                _tokens.Next();
                var value = _expressions.Read();
                _tokens.Expect(Close);
                return s => s.Write(value(s));
            case OpenStatement when _tokens.Peek() is not { Kind: Name, Text: "endfor" or "endif" or "elif" or "else" }:
                _tokens.Next();
                return Read(_tokens.Expect(Name));
            default:
                return null;
        }
    }

    private Statement Read(TemplateToken keyword) => keyword.Text switch
    {
        "for" => For(),
        "if" => If(),
        "set" => Set(),
        var other => throw new TemplateSyntaxException(keyword.Line, $"the statement '{other}' is not supported; supported are for, if and set"),
    };

    private Statement For()
    {
        var name = _tokens.Expect(Name).Text;
        _tokens.Expect(Name, "in");
        var source = _expressions.Read();
        _tokens.Expect(Close);
        var body = Block();
        Closing("endfor");
        return scope =>
        {
            var items = source(scope) as List<object?>
                ?? throw new ChatTemplateException("the chat template loops over something that is not a list");
            for (var i = 0; i < items.Count; i++)
            {
                scope.Step();
                var inner = new TemplateScope(scope)
                {
                    [name] = items[i],
                    ["loop"] = new Dictionary<string, object?>
                    {
                        ["index"] = i + 1L,
                        ["index0"] = (long)i,
                        ["first"] = i == 0,
                        ["last"] = i == items.Count - 1,
                        ["length"] = (long)items.Count,
                        ["previtem"] = i > 0 ? items[i - 1] : Undefined.Value,
                        ["nextitem"] = i + 1 < items.Count ? items[i + 1] : Undefined.Value,
                    },
                };
                body(inner);
            }
        };
    }

    private Statement If()
    {
        var condition = _expressions.Read();
        _tokens.Expect(Close);
        var then = Block();
        _tokens.Expect(OpenStatement);
        Statement otherwise = static _ => { };
        if (_tokens.Take(Name, "elif"))
        {
            otherwise = _tokens.Nested(If);
        }
        else
        {
            if (_tokens.Take(Name, "else"))
            {
                _tokens.Expect(Close);
                otherwise = Block();
                _tokens.Expect(OpenStatement);
            }

            _tokens.Expect(Name, "endif");
            _tokens.Expect(Close);
        }

        return s => (TemplateValues.Truth(condition(s)) ? then : otherwise)(s);
    }

    private Statement Set()
    {
        var name = _tokens.Expect(Name).Text;
        var member = _tokens.Take(Symbol, ".") ? _tokens.Expect(Name).Text : null;
        if (!_tokens.Take(Symbol, "="))
        {
            throw new TemplateSyntaxException(_tokens.Current.Line, "set without '=' is not supported");
        }

        Expression value = _expressions.Read();
        _tokens.Expect(Close);
        if (member is null)
        {
            return s => s[name] = value(s);
        }

        return s =>
        {
            var owner = s[name] as Dictionary<string, object?>
                ?? throw new ChatTemplateException($"the chat template sets a member of '{name}', which is not a namespace");
            owner[member] = value(s);
        };
    }

    private void Closing(string name)
    {
        _tokens.Expect(OpenStatement);
        _tokens.Expect(Name, name);
        _tokens.Expect(Close);
    }
}
