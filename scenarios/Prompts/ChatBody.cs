using System.Buffers;
using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>
/// Bodies of OpenAI requests, byte for byte the same for the same input. Prompts reach the wire unrepaired: control characters
/// and lone surrogates as JSON escapes, all else as UTF-8.
/// </summary>
public static class ChatBody
{
    /// <summary>Stands for the model's name in raw bodies, which are planned before the target is known. Put in by <see cref="FillModel"/>.</summary>
    public const string ModelPlaceholder = "@@chaosbench-model@@";

    /// <summary>Writes the body of <c>/v1/chat/completions</c>.</summary>
    /// <param name="usage">What a stream is asked to say about its tokens; ignored without streaming.</param>
    public static void Write(
        IBufferWriter<byte> output, string model, IReadOnlyList<ChatMessage> messages, Sampling sampling, UsageReport usage)
    {
        Open(output, model);
        JsonText.Write(output, ",\"messages\":["u8);
        for (var at = 0; at < messages.Count; at++)
        {
            JsonText.Write(output, at == 0 ? "{\"role\":"u8 : ",{\"role\":"u8);
            JsonText.WriteString(output, messages[at].Role);
            JsonText.Write(output, ",\"content\":"u8);
            JsonText.WriteString(output, messages[at].Content);
            JsonText.Write(output, "}"u8);
        }

        JsonText.Write(output, "]"u8);
        Close(output, sampling, usage);
    }

    /// <summary>Writes the body of <c>/v1/completions</c>; the prompt is the messages' contents joined by blank lines.</summary>
    public static void WriteCompletion(
        IBufferWriter<byte> output, string model, IReadOnlyList<ChatMessage> messages, Sampling sampling, UsageReport usage)
    {
        Open(output, model);
        JsonText.Write(output, ",\"prompt\":"u8);
        JsonText.WriteString(output, string.Join("\n\n", messages.Select(message => message.Content)));
        Close(output, sampling, usage);
    }

    /// <summary>A planned raw body (<see cref="PlannedPrompt.RawBody"/>) with the target's model name in every place kept for it.</summary>
    public static ReadOnlyMemory<byte> FillModel(ReadOnlyMemory<byte> rawBody, string model)
    {
        ReadOnlySpan<byte> placeholder = "@@chaosbench-model@@"u8;
        if (rawBody.Span.IndexOf(placeholder) < 0)
        {
            return rawBody;
        }

        var quoted = new ArrayBufferWriter<byte>();
        JsonText.WriteString(quoted, model);
        var name = quoted.WrittenSpan[1..^1];
        var output = new ArrayBufferWriter<byte>(rawBody.Length + name.Length);
        var rest = rawBody.Span;
        for (var at = rest.IndexOf(placeholder); at >= 0; at = rest.IndexOf(placeholder))
        {
            output.Write(rest[..at]);
            output.Write(name);
            rest = rest[(at + placeholder.Length)..];
        }

        output.Write(rest);
        return output.WrittenMemory;
    }

    private static void Open(IBufferWriter<byte> output, string model)
    {
        JsonText.Write(output, "{\"model\":"u8);
        JsonText.WriteString(output, model);
    }

    private static void Close(IBufferWriter<byte> output, Sampling sampling, UsageReport usage)
    {
        Write(output, ",\"temperature\":"u8, sampling.Temperature, "R");
        Write(output, ",\"max_tokens\":"u8, sampling.MaxTokens);
        Write(output, ",\"seed\":"u8, sampling.Seed);
        JsonText.Write(output, sampling.Stream ? ",\"stream\":true"u8 : ",\"stream\":false"u8);
        if (sampling.Stream && usage != UsageReport.None)
        {
            JsonText.Write(output, ",\"stream_options\":{\"include_usage\":true"u8);
            JsonText.Write(output, usage == UsageReport.Each ? ",\"continuous_usage_stats\":true}"u8 : "}"u8);
        }

        JsonText.Write(output, "}"u8);
    }

    private static void Write<T>(IBufferWriter<byte> output, ReadOnlySpan<byte> name, T number, ReadOnlySpan<char> format = default)
        where T : struct, IUtf8SpanFormattable
    {
        JsonText.Write(output, name);
        number.TryFormat(output.GetSpan(32), out var written, format, CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
