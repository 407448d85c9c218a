using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Bodies that are not the JSON a chat endpoint asks for. A well-behaved server says 400 within milliseconds.</summary>
internal static class Malformed
{
    private delegate byte[] Variant(byte[] sound, Mutation mutation);

    private static readonly SortedDictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["trailing-comma"] = (sound, _) => [.. sound[..^1], .. ",}"u8],
        ["unclosed"] = (sound, mutation) => sound[..(1 + mutation.Random.Next(sound.Length - 1))],
        ["empty"] = (_, _) => [],
        ["comment"] = (sound, _) => [.. "/* hello */"u8, .. sound],
        ["bom"] = (sound, _) => [0xEF, 0xBB, 0xBF, .. sound],
        ["single-quotes"] = (sound, _) => Array.ConvertAll(sound, letter => letter == '"' ? (byte)'\'' : letter),
        ["not-json"] = (_, _) => "model=x&messages=hello"u8.ToArray(),
        ["duplicate-keys"] = (sound, _) => [.. sound[..^1], .. ",\"messages\":[],\"messages\":null}"u8],
        ["deep-nesting"] = DeepNesting,
        ["huge-number"] = (sound, _) => Setting(sound, "\"max_tokens\":", "9" + new string('9', 400) + ","),
        ["nan"] = (sound, _) => Setting(sound, "\"temperature\":", "NaN,"),
        ["infinity"] = (sound, _) => Setting(sound, "\"temperature\":", "1e999,"),
        ["negative-tokens"] = (sound, _) => Setting(sound, "\"max_tokens\":", "-1,"),
        ["wrong-type"] = (sound, _) => Setting(sound, "\"temperature\":", "\"hot\","),
        ["messages-text"] = (sound, _) => WithMessages(sound, "\"messages\":\"hello\""),
        ["messages-null"] = (sound, _) => WithMessages(sound, "\"messages\":null"),
        ["missing-messages"] = (sound, _) => WithMessages(sound, "\"message\":[]"),
        ["lone-value"] = (_, mutation) => RawBodies.Utf8(mutation.Random.Pick(["null", "[]", "42", "\"hello\"", "{}"])),
        ["raw-newline"] = (sound, _) => RawBodies.Replace(sound, "\"content\":\""u8, "\"content\":\"\n"u8),
    };

    public static Mutator Mutator { get; } = new(
        "malformed", "malformed", "Bodies that are broken JSON or break the endpoint's schema", KeepsMeaning: false,
        [
            new("variant", "text", "any", "any, or one of " + string.Join(", ", Variants.Keys)),
            new("depth", "count", "2000", "Of deep-nesting; at most 20,000"),
        ])
    {
        Body = Damage,
    };

    private static byte[] Damage(IReadOnlyList<ChatMessage> messages, Sampling sampling, Mutation mutation)
    {
        var name = mutation.Text("variant", "any");
        name = name == "any" ? mutation.Random.Pick(Variants.Keys.ToList()) : name;
        return Variants.TryGetValue(name, out var variant)
            ? variant(RawBodies.Sound(messages, sampling), mutation)
            : throw new PromptException($"with.variant: {name} is not one of any, {string.Join(", ", Variants.Keys)}");
    }

    private static byte[] DeepNesting(byte[] sound, Mutation mutation)
    {
        var depth = mutation.Count("depth", 2000, 20_000);
        return [.. sound[..^1], .. RawBodies.Utf8(",\"metadata\":" + new string('[', depth) + new string(']', depth) + "}")];
    }

    /// <summary>Replaces the value of a number that ends in a comma. Searched after the messages: a prompt may hold the same text.</summary>
    internal static byte[] Setting(byte[] sound, string key, string value)
    {
        var at = sound.AsSpan().LastIndexOf(RawBodies.Utf8(key)) + key.Length;
        var end = at + sound.AsSpan(at).IndexOf((byte)',') + 1;
        return [.. sound[..at], .. RawBodies.Utf8(value), .. sound[end..]];
    }

    internal static byte[] WithMessages(byte[] sound, string member)
    {
        var start = sound.AsSpan().IndexOf("\"messages\":["u8);
        var end = sound.AsSpan().LastIndexOf("],\"temperature\":"u8) + 1;
        return [.. sound[..start], .. RawBodies.Utf8(member), .. sound[end..]];
    }
}
