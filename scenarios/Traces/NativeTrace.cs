using System.Buffers;
using System.Globalization;
using System.Text;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// Writes traces in ChaosBench's own form, JSON lines in order of time:
/// <code>
/// {"chaosbench":"trace","version":1,"source":"mooncake","blockTokens":512}
/// {"at":0,"in":6758,"out":500,"hashIds":[0,1,2]}
/// {"at":3000000000,"messages":[{"role":"user","content":"..."}],"answer":"...","session":"s1","turn":1}
/// </code>
/// <c>at</c> and <c>delay</c> are integer nanoseconds, <c>at</c> from the first request; every other key is left out when unknown.
/// </summary>
public sealed class NativeTrace : IDisposable
{
    public const int Version = 1;

    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <param name="blockTokens">Of <c>hashIds</c>.</param>
    public NativeTrace(Stream output, string source, int? blockTokens)
    {
        _output = output;
        Text(FormattableString.Invariant($"{{\"chaosbench\":\"trace\",\"version\":{Version},\"source\":\"{source}\""));
        if (blockTokens is { } tokens)
        {
            Text(FormattableString.Invariant($",\"blockTokens\":{tokens}"));
        }

        End();
    }

    public void Write(TraceRecord record)
    {
        JsonText.Write(_line, "{"u8);
        var before = _line.WrittenCount;
        Number("at", record.At);
        Number("in", record.InputTokens);
        Number("out", record.OutputTokens);
        if (record.HashIds is { } ids)
        {
            Key("hashIds");
            Text(FormattableString.Invariant($"[{string.Join(',', ids)}]"));
        }

        if (record.Messages is { } messages)
        {
            Key("messages");
            for (var at = 0; at < messages.Count; at++)
            {
                JsonText.Write(_line, at == 0 ? "[{\"role\":"u8 : ",{\"role\":"u8);
                JsonText.WriteString(_line, messages[at].Role);
                JsonText.Write(_line, ",\"content\":"u8);
                JsonText.WriteString(_line, messages[at].Content);
                JsonText.Write(_line, "}"u8);
            }

            JsonText.Write(_line, messages.Count == 0 ? "[]"u8 : "]"u8);
        }

        Flag("delta", record.IsDelta);
        String("answer", record.Answer);
        String("session", record.Session);
        Number("turn", record.Turn);
        Number("delay", record.Delay);
        if (record.After is { } after)
        {
            Key("after");
            Text(FormattableString.Invariant($"[{string.Join(',', after)}]"));
        }

        if (record.Answers is { } places)
        {
            Key("answers");
            Text(FormattableString.Invariant($"[{string.Join(',', places.Select(place => $"{place.Message},{place.Turn}"))}]"));
        }

        String("cohort", record.Cohort);
        Flag("failed", record.Failed);
        End();

        void Key(string name) => Text($"{(_line.WrittenCount > before ? "," : "")}\"{name}\":");

        void Number(string name, long? value)
        {
            if (value is { } number)
            {
                Key(name);
                Text(number.ToString(CultureInfo.InvariantCulture));
            }
        }

        void String(string name, string? value)
        {
            if (value is not null)
            {
                Key(name);
                JsonText.WriteString(_line, value);
            }
        }

        void Flag(string name, bool value)
        {
            if (value)
            {
                Key(name);
                Text("true");
            }
        }
    }

    public void Dispose() => _output.Flush();

    private void Text(string ascii) => Encoding.ASCII.GetBytes(ascii, _line);

    private void End()
    {
        JsonText.Write(_line, "}\n"u8);
        _output.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
    }
}
