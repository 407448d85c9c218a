using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// Reads the two kinds of lines of which a journal has one for every request, several times as fast as the general way and with little
/// garbage. It gives up (null) on anything that it does not expect: the general way then reads the line, or says what is wrong with it.
/// </summary>
internal sealed class QuickLine
{
    private readonly Utf8Cache<string> _texts = new();
    private readonly Utf8Cache<Cohort> _cohorts = new();
    private readonly Utf8Cache<object> _words = new();
    private readonly List<TokenGap> _gaps = [];

    public JournalEvent? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !reader.Read()
                || !reader.ValueTextEquals("t"u8) || !reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                return null;
            }

            JournalEvent? read = reader.ValueTextEquals("request"u8) ? Observation(ref reader, line)
                : reader.ValueTextEquals("score"u8) ? Score(ref reader) : null;
            return read is not null && reader.TokenType == JsonTokenType.EndObject && !reader.Read() ? read : null;
        }
        catch (Exception unusual) when (unusual is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private JournalEvent.Score? Score(ref Utf8JsonReader reader)
    {
        var fields = default(QuickFields);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (QuickFields.NameOf(ref reader))
            {
                case QuickName.At:
                    fields.At = Long(ref reader);
                    break;
                case QuickName.Arrival:
                    fields.Arrival = Int(ref reader);
                    break;
                case QuickName.Grader:
                    fields.Grader = Text(ref reader);
                    break;
                case QuickName.Value:
                    reader.Read();
                    fields.Value = reader.GetDouble();
                    break;
                case QuickName.Detail:
                    fields.Detail = Text(ref reader);
                    break;
                default:
                    return null;
            }
        }

        return fields.ToScore();
    }

    private JournalEvent.Observation? Observation(ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        var fields = default(QuickFields);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = QuickFields.NameOf(ref reader);
            if (!Instant(name, ref reader, ref fields) && !Number(name, ref reader, ref fields) && !Word(name, ref reader, ref fields)
                && !Whole(name, ref reader, ref fields, line))
            {
                return null;
            }
        }

        return fields.ToObservation();
    }

    private static bool Instant(QuickName name, ref Utf8JsonReader reader, ref QuickFields to)
    {
        switch (name)
        {
            case QuickName.At:
                to.At = Long(ref reader);
                return true;
            case QuickName.Planned:
                to.Planned = Long(ref reader);
                return true;
            case QuickName.Sent:
                to.Sent = Long(ref reader);
                return true;
            case QuickName.FirstToken:
                to.FirstToken = Long(ref reader);
                return true;
            case QuickName.LastToken:
                to.LastToken = Long(ref reader);
                return true;
            case QuickName.Ended:
                to.Ended = Long(ref reader);
                return true;
            default:
                return false;
        }
    }

    private static bool Number(QuickName name, ref Utf8JsonReader reader, ref QuickFields to)
    {
        switch (name)
        {
            case QuickName.Arrival:
                to.Arrival = Int(ref reader);
                return true;
            case QuickName.Conversation:
                to.Conversation = Int(ref reader);
                return true;
            case QuickName.Block:
                to.Block = Int(ref reader);
                return true;
            case QuickName.Status:
                to.Status = Int(ref reader);
                return true;
            case QuickName.InputTokens:
                to.InputTokens = Int(ref reader);
                return true;
            case QuickName.OutputTokens:
                to.OutputTokens = Int(ref reader);
                return true;
            case QuickName.FirstEventTokens:
                to.FirstEventTokens = Int(ref reader);
                return true;
            case QuickName.Replica:
                to.Replica = Int(ref reader);
                return true;
            case QuickName.OutputChars:
                to.OutputChars = Int(ref reader);
                return true;
            default:
                return false;
        }
    }

    private bool Word(QuickName name, ref Utf8JsonReader reader, ref QuickFields to)
    {
        switch (name)
        {
            case QuickName.Target:
                to.Target = Text(ref reader);
                return true;
            case QuickName.PromptId:
                to.PromptId = Text(ref reader);
                return true;
            case QuickName.PromptSha256:
                to.PromptSha256 = Text(ref reader);
                return true;
            case QuickName.OutputSha256:
                to.OutputSha256 = Digest(ref reader);
                return true;
            case QuickName.FinishReason:
                to.FinishReason = Text(ref reader);
                return true;
            case QuickName.Reason:
                to.Reason = Text(ref reader);
                return true;
            case QuickName.Phase:
                to.Phase = OneOf<Phase>(ref reader);
                return true;
            case QuickName.Outcome:
                to.Outcome = OneOf<Outcome>(ref reader);
                return true;
            case QuickName.TokenSource:
                to.TokenSource = OneOf<TokenSource>(ref reader);
                return true;
            default:
                return false;
        }
    }

    private bool Whole(QuickName name, ref Utf8JsonReader reader, ref QuickFields to, ReadOnlySpan<byte> line)
    {
        reader.Read();
        switch (name)
        {
            case QuickName.Degraded:
                to.Degraded = reader.GetBoolean();
                return true;
            case QuickName.Gaps:
                to.Gaps = Gaps(ref reader);
                return true;
            case QuickName.Cohort:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var json = line[start..(int)reader.BytesConsumed];
                to.Cohort = _cohorts.Find(json) ?? _cohorts.Keep(json, JsonSerializer.Deserialize<Cohort>(json, Json.Line)!);
                return true;
            default:
                return false;
        }
    }

    private TokenGap[] Gaps(ref Utf8JsonReader reader)
    {
        _gaps.Clear();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            var (nanos, tokens) = (Long(ref reader), Int(ref reader));
            reader.Read();
            Expect(ref reader, JsonTokenType.EndArray);
            _gaps.Add(new TokenGap(nanos, tokens));
        }

        Expect(ref reader, JsonTokenType.EndArray);
        return [.. _gaps];
    }

    private static Sha256Digest Digest(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String && Sha256Digest.TryParse(reader.ValueSpan, out var digest)
            ? digest
            : throw new JsonException();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException();
        }
    }

    private static long Long(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }

    private static int Int(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt32();
    }

    /// <summary>Short texts repeat and are kept; hashes are not worth it.</summary>
    private string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
        {
            return reader.GetString();
        }

        return _texts.Find(reader.ValueSpan) ?? _texts.Keep(reader.ValueSpan, reader.GetString()!);
    }

    private T OneOf<T>(ref Utf8JsonReader reader)
        where T : struct, Enum
    {
        reader.Read();
        if (_words.Find(reader.ValueSpan) is T known)
        {
            return known;
        }

        var value = JsonSerializer.Deserialize<T>(ref reader, Json.Line);
        _words.Keep(reader.ValueSpan, value);
        return value;
    }
}
