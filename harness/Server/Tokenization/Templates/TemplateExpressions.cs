using System.Globalization;
using static ChaosBench.Server.Tokenization.Templates.TemplateTokenKind;
using Expression = System.Func<ChaosBench.Server.Tokenization.Templates.TemplateScope, object?>;

namespace ChaosBench.Server.Tokenization.Templates;

/// <summary>Turns the expressions of a template into functions of the scope, by recursive descent in Jinja's order of precedence.</summary>
internal sealed class TemplateExpressions(TemplateTokens tokens)
{
    public Expression Read() => tokens.Nested(() =>
    {
        var value = Or();
        if (!tokens.Take(Name, "if"))
        {
            return value;
        }

        var condition = Or();
        var otherwise = tokens.Take(Name, "else") ? Read() : _ => Undefined.Value;
        return s => TemplateValues.Truth(condition(s)) ? value(s) : otherwise(s);
    });

    private Expression Or()
    {
        var left = And();
        while (tokens.Take(Name, "or"))
        {
            var (a, b) = (left, And());
            left = s => a(s) is var value && TemplateValues.Truth(value) ? value : b(s);
        }

        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (tokens.Take(Name, "and"))
        {
            var (a, b) = (left, Not());
            left = s => a(s) is var value && !TemplateValues.Truth(value) ? value : b(s);
        }

        return left;
    }

    private Expression Not()
    {
        if (!tokens.Take(Name, "not"))
        {
            return Compare();
        }

        var value = tokens.Nested(Not);
        return s => !TemplateValues.Truth(value(s));
    }

    private Expression Compare()
    {
        var left = Chain(0);
        while (true)
        {
            var a = left;
            if (tokens.Current is { Kind: Symbol, Text: "==" or "!=" or "<" or ">" or "<=" or ">=" })
            {
                var symbol = tokens.Next().Text;
                var b = Chain(0);
                left = s => TemplateValues.Binary(symbol, a(s), b(s));
            }
            else if (tokens.Is(Name, "in") || (tokens.Is(Name, "not") && tokens.Peek() is { Kind: Name, Text: "in" }))
            {
                var negated = tokens.Take(Name, "not");
                tokens.Next();
                var b = Chain(0);
                left = s => TemplateValues.In(a(s), b(s)) != negated;
            }
            else if (tokens.Take(Name, "is"))
            {
                var negated = tokens.Take(Name, "not");
                var test = tokens.Expect(Name).Text;
                left = s => TemplateValues.Test(test, a(s)) != negated;
            }
            else
            {
                return left;
            }
        }
    }

    /// <summary>Left-associative operators: <c>~</c> binds weakest, then sums, then products.</summary>
    private Expression Chain(int level)
    {
        string[][] levels = [["~"], ["+", "-"], ["*", "%", "//"]];
        if (level == levels.Length)
        {
            return Unary();
        }

        var left = Chain(level + 1);
        while (tokens.Current.Kind == Symbol && levels[level].Contains(tokens.Current.Text))
        {
            var symbol = tokens.Next().Text;
            var (a, b) = (left, Chain(level + 1));
            left = s => TemplateValues.Binary(symbol, a(s), b(s));
        }

        return left;
    }

    private Expression Unary()
    {
        if (!tokens.Take(Symbol, "-"))
        {
            return Postfix(Primary());
        }

        var value = tokens.Nested(Unary);
        return s => TemplateValues.Binary("-", 0L, value(s));
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            var inner = value;
            if (tokens.Take(Symbol, "."))
            {
                var name = tokens.Expect(Name).Text;
                if (tokens.Take(Symbol, "("))
                {
                    var (arguments, _) = Arguments();
                    value = s => TemplateValues.Filter(name, inner(s), [.. arguments.Select(a => a(s))]);
                }
                else
                {
                    var key = new TrustedText().Append(name, trusted: true);
                    value = s => TemplateValues.Member(inner(s), key);
                }
            }
            else if (tokens.Take(Symbol, "["))
            {
                value = Subscript(inner);
            }
            else if (tokens.Take(Symbol, "|"))
            {
                var name = tokens.Expect(Name).Text;
                var arguments = tokens.Take(Symbol, "(") ? Arguments().Positional : [];
                value = s => TemplateValues.Filter(name, inner(s), [.. arguments.Select(a => a(s))]);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Subscript(Expression container)
    {
        Expression? from = tokens.Is(Symbol, ":") ? null : Read();
        if (tokens.Take(Symbol, "]"))
        {
            return s => TemplateValues.Member(container(s), from!(s));
        }

        tokens.Expect(Symbol, ":");
        Expression? to = tokens.Is(Symbol, "]") ? null : Read();
        tokens.Expect(Symbol, "]");
        return s => TemplateValues.Slice(container(s), from?.Invoke(s) as long?, to?.Invoke(s) as long?);
    }

    private Expression Primary()
    {
        var token = tokens.Next();
        switch (token.Kind)
        {
            case TemplateTokenKind.String:
                var text = new TrustedText().Append(token.Text, trusted: true);
                return _ => text;
            case Integer when long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                return _ => number;
            case Name:
                return NameOrCall(token);
            case Symbol when token.Text == "(":
                var inner = Read();
                tokens.Expect(Symbol, ")");
                return inner;
            case Symbol when token.Text == "[":
                var items = new List<Expression>();
                while (!tokens.Take(Symbol, "]"))
                {
                    items.Add(Read());
                    if (!tokens.Take(Symbol, ",") && !tokens.Is(Symbol, "]"))
                    {
                        throw new TemplateSyntaxException(token.Line, "a list is not closed with ]");
                    }
                }

                return s => items.ConvertAll(i => i(s));
            default:
                throw new TemplateSyntaxException(token.Line, $"'{token.Text}' is not expected here or not supported");
        }
    }

    private Expression NameOrCall(TemplateToken name)
    {
        switch (name.Text)
        {
            case "true" or "True":
                return _ => true;
            case "false" or "False":
                return _ => false;
            case "none" or "None":
                return _ => null;
        }

        if (!tokens.Take(Symbol, "("))
        {
            return s => s[name.Text];
        }

        var (arguments, named) = Arguments();
        return name.Text switch
        {
            "raise_exception" => s => throw new ChatTemplateException(
                "the chat template refuses the messages: "
                + (arguments.Count > 0 ? TemplateValues.Text(arguments[0](s)).ToString() : "no reason given")),
            "namespace" => s => named.ToDictionary(n => n.Name, n => n.Value(s)),
            _ => _ => throw new ChatTemplateException($"the chat template calls '{name.Text}'; supported are raise_exception and namespace"),
        };
    }

    /// <summary>After the opening parenthesis, up to and with the closing one.</summary>
    private (List<Expression> Positional, List<(string Name, Expression Value)> Named) Arguments()
    {
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        while (!tokens.Take(Symbol, ")"))
        {
            if (tokens.Current.Kind == Name && tokens.Peek() is { Kind: Symbol, Text: "=" })
            {
                var name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, Read()));
            }
            else
            {
                positional.Add(Read());
            }

            if (!tokens.Take(Symbol, ",") && !tokens.Is(Symbol, ")"))
            {
                throw new TemplateSyntaxException(tokens.Current.Line, $"expected , or ), found '{tokens.Current.Text}'");
            }
        }

        return (positional, named);
    }
}
