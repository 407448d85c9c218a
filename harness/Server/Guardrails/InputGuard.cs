namespace ChaosBench.Server.Guardrails;

/// <summary>Checks the text of a request before any work is done for it.</summary>
internal sealed class InputGuard
{
    private readonly GuardrailOptions _options;
    private readonly GuardrailCounts _counts;
    private readonly TextTraits _refused;
    private readonly TextTraits _sanitised;

    public InputGuard(GuardrailOptions options, GuardrailCounts counts)
    {
        options.Validate();
        _options = options;
        _counts = counts;
        _refused = Traits(GuardAction.Refuse);
        _sanitised = Traits(GuardAction.Sanitise);
    }

    /// <summary>The request as it may go on, or the rule that refuses it.</summary>
    public (GenerationRequest Request, GuardFinding? Refusal, string? Sanitised) Inspect(GenerationRequest request)
    {
        var length = request.Messages.Sum(turn => (long)turn.Content.Length) + (request.Prompt?.Length ?? 0);
        if (length > _options.MaxCharacters)
        {
            return Refuse(request, GuardRules.TooLong, FormattableString.Invariant(
                $"The prompt has {length} characters; at most {_options.MaxCharacters} are accepted. Shorten it."));
        }

        var found = TextsOf(request).Aggregate(TextTraits.None, static (traits, text) => traits | TextScan.Of(text));
        if ((found & _refused) is not TextTraits.None and var wrong)
        {
            var rule = GuardRules.Of(wrong);
            return Refuse(request, rule, $"The prompt holds {GuardRules.Words(rule)}, which this server refuses. Remove them.");
        }

        if (_options.Injection == GuardAction.Refuse && TextsOf(request).Any(InjectionMarkers.IsIn))
        {
            return Refuse(request, GuardRules.Injection, "The prompt holds a marker of prompt injection, which this server refuses.");
        }

        if ((found & _sanitised) is TextTraits.None)
        {
            return (request, null, null);
        }

        var cleaned = GuardRules.Of(found & _sanitised);
        _counts.Add(cleaned, "sanitise");
        return (request with
        {
            Prompt = request.Prompt is { } prompt ? TextScan.Without(prompt, _sanitised) : null,
            Messages = [.. request.Messages.Select(turn => turn with { Content = TextScan.Without(turn.Content, _sanitised) })],
        }, null, cleaned);
    }

    /// <summary>The same for what the tokenizer made of it; null when it may go on.</summary>
    public GuardFinding? InspectTokens(int tokens)
    {
        if (_options.MaxPromptTokens is not { } most || tokens <= most)
        {
            return null;
        }

        _counts.Add(GuardRules.TooManyTokens, "refuse");
        return new GuardFinding(GuardRules.TooManyTokens, FormattableString.Invariant(
            $"The prompt has {tokens} tokens; at most {most} are accepted. Shorten it."));
    }

    private (GenerationRequest, GuardFinding?, string?) Refuse(GenerationRequest request, string rule, string message)
    {
        _counts.Add(rule, "refuse");
        return (request, new GuardFinding(rule, message), null);
    }

    private TextTraits Traits(GuardAction action) =>
        (_options.Surrogates == action ? TextTraits.LoneSurrogate : 0)
        | (_options.Controls == action ? TextTraits.Control : 0)
        | (_options.Invisible == action ? TextTraits.Invisible : 0);

    private static IEnumerable<string> TextsOf(GenerationRequest request) =>
        request.Prompt is { } prompt ? [prompt] : request.Messages.Select(turn => turn.Content);
}

/// <param name="Rule">One of <see cref="GuardRules"/>; the error's code.</param>
/// <param name="Message">For the caller.</param>
internal sealed record GuardFinding(string Rule, string Message);
