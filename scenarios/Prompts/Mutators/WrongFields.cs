namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Bodies of sound JSON, or almost, whose fields are not what the endpoint asks for: wrong types, missing fields, impossible numbers.</summary>
internal static class WrongFields
{
    private delegate byte[] Variant(byte[] sound);

    public static Mutator Types { get; } = Of(
        "wrong-types", "Fields of another type than the endpoint asks for", new(StringComparer.Ordinal)
        {
            ["temperature-text"] = sound => Malformed.Setting(sound, "\"temperature\":", "\"hot\","),
            ["temperature-list"] = sound => Malformed.Setting(sound, "\"temperature\":", "[0.7],"),
            ["tokens-text"] = sound => Malformed.Setting(sound, "\"max_tokens\":", "\"many\","),
            ["tokens-fraction"] = sound => Malformed.Setting(sound, "\"max_tokens\":", "1.5,"),
            ["messages-text"] = sound => Malformed.WithMessages(sound, "\"messages\":\"hello\""),
            ["messages-null"] = sound => Malformed.WithMessages(sound, "\"messages\":null"),
            ["messages-object"] = sound => Malformed.WithMessages(sound, "\"messages\":{\"role\":\"user\"}"),
            ["content-number"] = sound => Malformed.WithMessages(sound, "\"messages\":[{\"role\":\"user\",\"content\":42}]"),
            ["role-number"] = sound => Malformed.WithMessages(sound, "\"messages\":[{\"role\":7,\"content\":\"hello\"}]"),
            ["list"] = sound => [.. "["u8, .. sound, .. "]"u8],
        });

    public static Mutator Missing { get; } = Of(
        "missing-fields", "Fields that the endpoint needs and that are not there", new(StringComparer.Ordinal)
        {
            ["messages"] = sound => Malformed.WithMessages(sound, "\"message\":[]"),
            ["messages-empty"] = sound => Malformed.WithMessages(sound, "\"messages\":[]"),
            ["role"] = sound => Malformed.WithMessages(sound, "\"messages\":[{\"content\":\"hello\"}]"),
            ["content"] = sound => Malformed.WithMessages(sound, "\"messages\":[{\"role\":\"user\"}]"),
            ["model"] = sound => RawBodies.Replace(sound, "{\"model\":"u8, "{\"modle\":"u8),
            ["all"] = _ => "{}"u8.ToArray(),
        });

    public static Mutator Numbers { get; } = Of(
        "bad-numbers", "Parameters that are NaN, infinite, negative or beyond any limit", new(StringComparer.Ordinal)
        {
            ["temperature-nan"] = sound => Malformed.Setting(sound, "\"temperature\":", "NaN,"),
            ["temperature-infinite"] = sound => Malformed.Setting(sound, "\"temperature\":", "1e999,"),
            ["temperature-minus-infinite"] = sound => Malformed.Setting(sound, "\"temperature\":", "-Infinity,"),
            ["temperature-negative"] = sound => Malformed.Setting(sound, "\"temperature\":", "-1,"),
            ["temperature-huge"] = sound => Malformed.Setting(sound, "\"temperature\":", "1e308,"),
            ["tokens-zero"] = sound => Malformed.Setting(sound, "\"max_tokens\":", "0,"),
            ["tokens-negative"] = sound => Malformed.Setting(sound, "\"max_tokens\":", "-1,"),
            ["tokens-huge"] = sound => Malformed.Setting(sound, "\"max_tokens\":", "9223372036854775808,"),
        });

    private static Mutator Of(string name, string summary, SortedDictionary<string, Variant> variants) => new(
        name, name, summary, KeepsMeaning: false, [new("variant", "text", "any", "Which of them.") { Choices = ["any", .. variants.Keys] }])
    {
        Body = (messages, sampling, mutation) =>
        {
            var chosen = mutation.Text("variant", "any");
            chosen = chosen == "any" ? mutation.Random.Pick(variants.Keys.ToList()) : chosen;
            return variants.TryGetValue(chosen, out var variant)
                ? variant(RawBodies.Sound(messages, sampling))
                : throw new PromptException($"with.variant: {chosen} is not one of any, {string.Join(", ", variants.Keys)}");
        },
    };
}
