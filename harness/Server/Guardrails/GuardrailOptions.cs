namespace ChaosBench.Server.Guardrails;

/// <summary>What is done about text that a rule finds.</summary>
public enum GuardAction
{
    /// <summary>Nothing; it is not counted either.</summary>
    Allow,

    /// <summary>It is taken out, or replaced, and the request goes on.</summary>
    Sanitise,

    /// <summary>The request is refused: 400 with the rule as its code.</summary>
    Refuse,
}

/// <summary>What is checked before inference, and what becomes of a finding. A record of the context store that breaks a rule is always quarantined.</summary>
public sealed record GuardrailOptions
{
    /// <summary>UTF-16 units of all messages, or of the prompt, together; more is refused. 1 to 16 Mi. Default 1 Mi.</summary>
    public int MaxCharacters { get; init; } = 1 << 20;

    /// <summary>Tokens of the prompt; more is refused. Null: as many as the context holds.</summary>
    public int? MaxPromptTokens { get; init; }

    /// <summary>Lone surrogates, which UTF-8 cannot express. Sanitised to U+FFFD by default, as Unicode advises.</summary>
    public GuardAction Surrogates { get; init; } = GuardAction.Sanitise;

    /// <summary>C0 (without tab, LF, CR), DEL and C1. Taken out by default.</summary>
    public GuardAction Controls { get; init; } = GuardAction.Sanitise;

    /// <summary>Bidi controls, zero-width characters and tags. Allowed by default: scripts and emoji need some of them.</summary>
    public GuardAction Invisible { get; init; }

    /// <summary>Phrases and markers of prompt injection. Allowed by default: people may write about them. There is no sanitising of these.</summary>
    public GuardAction Injection { get; init; }

    /// <summary>What a record of the context store must be, beyond the rules that always hold. Null: those alone.</summary>
    public JsonSchema? RecordSchema { get; init; }

    /// <summary>Throws when a value is out of its range.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxCharacters, 1 << 24);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPromptTokens ?? 1, 1);
        if (Injection == GuardAction.Sanitise)
        {
            throw new ArgumentException("Injection markers cannot be sanitised: what is left could be one. Allow or refuse them.");
        }
    }
}
