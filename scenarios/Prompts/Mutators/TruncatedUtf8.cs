using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Bytes that no UTF-8 text has, inside the prompt's JSON string: cut sequences, stray and overlong bytes, encoded surrogates.</summary>
internal static class TruncatedUtf8
{
    private static readonly byte[][] Sequences =
    [
        [0xC3],                    // é without its second byte
        [0xE2, 0x82],              // € without its third
        [0xF0, 0x9F, 0x98],        // an emoji without its fourth
        [0xF0, 0x9F],
        [0x80],                    // a continuation byte alone
        [0xFF],
        [0xFE],
        [0xC0, 0xAF],              // overlong slash
        [0xE0, 0x80, 0xAF],
        [0xED, 0xA0, 0x80],        // surrogate U+D800
        [0xF4, 0x90, 0x80, 0x80],  // above U+10FFFF
    ];

    // Private use, so that no prompt has it by chance; found again in the finished body and replaced.
    private const string Sentinel = "\uE0C5\uF4A1\uE0C5";

    public static Mutator Mutator { get; } = new(
        "truncated-utf8", "truncated-utf8", "Invalid UTF-8 inside the request's body", KeepsMeaning: false, [])
    {
        Body = Damage,
    };

    private static byte[] Damage(IReadOnlyList<ChatMessage> messages, Sampling sampling, Mutation mutation)
    {
        var marked = UserText.Replace(messages, text => text.Insert(mutation.Place(text), Sentinel));
        return RawBodies.Replace(RawBodies.Sound(marked, sampling), RawBodies.Utf8(Sentinel), mutation.Random.Pick(Sequences));
    }
}
