using System.Buffers;
using System.Text;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Bodies to break: a sound one with the place kept for the model's name.</summary>
internal static class RawBodies
{
    public static byte[] Sound(IReadOnlyList<ChatMessage> messages, Sampling sampling)
    {
        var output = new ArrayBufferWriter<byte>();
        ChatBody.Write(output, ChatBody.ModelPlaceholder, messages, sampling, UsageReport.End);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Replaces the first <paramref name="part"/> from <paramref name="from"/> on; the body as it is when it has none.</summary>
    public static byte[] Replace(byte[] body, ReadOnlySpan<byte> part, ReadOnlySpan<byte> by, int from = 0)
    {
        var at = body.AsSpan(from).IndexOf(part);
        return at < 0 ? body : [.. body.AsSpan(0, from + at), .. by, .. body.AsSpan(from + at + part.Length)];
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
