using ChaosBench.Server.Models;
using ChaosBench.Server.Tokenization.Templates;

namespace ChaosBench.Server.Tokenization;

/// <summary>The Jinja template that turns a conversation into the text a model was trained on.</summary>
/// <remarks>
/// What the template itself writes may spell special tokens, message contents may not, and neither may roles outside the usual five.
/// Immutable, safe for any number of threads.
/// </remarks>
public sealed class ChatTemplate
{
    private const int MaxLength = 256 * 1024;
    private static readonly HashSet<string> Roles = new(["system", "developer", "user", "assistant", "tool"], StringComparer.Ordinal);

    private readonly Action<TemplateScope> _template;
    private readonly IReadOnlyDictionary<string, string> _specials;

    private ChatTemplate(Action<TemplateScope> template, IReadOnlyDictionary<string, string> specials)
    {
        _template = template;
        _specials = specials;
    }

    /// <param name="place">File and key for errors.</param>
    /// <param name="source">The template.</param>
    /// <param name="specials">Names such as <c>bos_token</c> that the template may use.</param>
    /// <exception cref="ModelLoadException">The template is malformed or uses what is not supported.</exception>
    public static ChatTemplate Parse(string place, string source, IReadOnlyDictionary<string, string> specials)
    {
        if (source.Length > MaxLength)
        {
            throw new ModelLoadException(place, $"has {source.Length:N0} characters; at most {MaxLength:N0} are read");
        }

        try
        {
            // Jinja drops one newline at the end of a template.
            return new ChatTemplate(TemplateParser.Parse(source.EndsWith('\n') ? source[..^1] : source), specials);
        }
        catch (TemplateSyntaxException e)
        {
            throw new ModelLoadException(place, e.Message, e);
        }
    }

    /// <exception cref="ChatTemplateException">The template refuses these messages or reaches something unsupported.</exception>
    public TrustedText Render(IReadOnlyList<ChatTurn> messages, bool addGenerationPrompt = true)
    {
        var scope = new TemplateScope { ["add_generation_prompt"] = addGenerationPrompt };
        foreach (var (name, text) in _specials)
        {
            scope[name] = new TrustedText().Append(text, trusted: true);
        }

        scope["messages"] = messages.Select(object? (m) => new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["role"] = new TrustedText().Append(m.Role, trusted: Roles.Contains(m.Role)),
            ["content"] = new TrustedText().Append(m.Content, trusted: false),
        }).ToList();
        _template(scope);
        return scope.Output;
    }
}
