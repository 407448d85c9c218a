using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Whole runs of bytes that are no UTF-8 anywhere: stray and overlong bytes, encoded surrogates, code points beyond the last one.</summary>
internal static class InvalidUtf8
{
    private static readonly byte[][] Sequences =
    [
        [0x80, 0xBF], [0xFF, 0xFE, 0xFD], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xA9, 0xE9, 0xFC],
    ];

    // Private use, so that no prompt has it by chance; found again in the finished body and replaced.
    private const string Sentinel = "\uE0C6\uF4A2\uE0C6";

    public static Mutator Mutator { get; } = new(
        "invalid-utf8", "invalid-utf8", "Bytes inside the request's body that no UTF-8 text has", KeepsMeaning: false,
        [new("count", "count", "3", "Places with such bytes. At most 100")])
    {
        Body = Damage,
    };

    private static byte[] Damage(IReadOnlyList<ChatMessage> messages, Sampling sampling, Mutation mutation)
    {
        var count = mutation.Count("count", 3, 100);
        var body = RawBodies.Sound(UserText.Replace(messages, text => mutation.Insert(text, count, () => Sentinel)), sampling);
        for (var at = 0; at < count; at++)
        {
            body = RawBodies.Replace(body, RawBodies.Utf8(Sentinel), mutation.Random.Pick(Sequences));
        }

        return body;
    }
}
