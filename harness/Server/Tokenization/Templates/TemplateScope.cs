namespace ChaosBench.Server.Tokenization.Templates;

/// <summary>Stands for a name that nobody set; false, and empty when written.</summary>
internal sealed class Undefined
{
    public static readonly Undefined Value = new();

    private Undefined()
    {
    }
}

/// <summary>Names of one block, the output, and the bounds of a rendering: a model's template is not trusted to end.</summary>
internal sealed class TemplateScope
{
    private const int MaxSteps = 200_000;
    private const int MaxOutput = 64 << 20;

    private readonly TemplateScope? _parent;
    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);
    private readonly TemplateScope _root;
    private int _steps;

    public TemplateScope(TemplateScope? parent = null)
    {
        _parent = parent;
        _root = parent?._root ?? this;
        Output = parent?.Output ?? new TrustedText();
    }

    public TrustedText Output { get; }

    public object? this[string name]
    {
        get
        {
            for (var scope = this; scope is not null; scope = scope._parent)
            {
                if (scope._names.TryGetValue(name, out var value))
                {
                    return value;
                }
            }

            return Undefined.Value;
        }
        set => _names[name] = value;
    }

    public void Write(object? value)
    {
        Output.Append(TemplateValues.Text(value));
        if (Output.Length > MaxOutput)
        {
            throw new ChatTemplateException($"the chat template writes more than {MaxOutput >> 20} MB");
        }
    }

    public void Step()
    {
        if (++_root._steps > MaxSteps)
        {
            throw new ChatTemplateException($"the chat template takes more than {MaxSteps:N0} steps");
        }
    }
}
