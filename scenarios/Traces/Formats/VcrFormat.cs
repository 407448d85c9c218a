using System.IO.Compression;
using System.Text;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// VCR cassettes, of Python (<c>interactions</c>) and of Ruby (<c>http_interactions</c> with <c>recorded_at</c>): YAML
/// <c>{request {body, uri}, response {body, status}}</c>; bodies are text, or base64 of text or gzip. One interaction is held at
/// a time.
/// </summary>
internal sealed class VcrFormat : ITraceFormat
{
    private const int MostUnpacked = 64 << 20;

    public string Name => "vcr";
    public string Summary => "VCR cassettes of Python and Ruby (YAML)";

    public bool Recognises(TraceHead head) => head.Has("interactions:") && head.Has("request:");

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        using var text = file.Text();
        var events = new YamlParts(new Parser(text), file.Path);
        foreach (var (line, value) in events.ItemsOf("interactions", "http_interactions"))
        {
            yield return Row(line, value as Dictionary<string, object?>);
        }
    }

    private static TraceItem Row(int line, Dictionary<string, object?>? interaction)
    {
        if (interaction?.GetValueOrDefault("request") is not Dictionary<string, object?> request)
        {
            return new TraceItem.Skipped(line, "no request");
        }

        var response = interaction.GetValueOrDefault("response") as Dictionary<string, object?>;
        var recorded = interaction.GetValueOrDefault("recorded_at") as string;
        var status = response?.GetValueOrDefault("status") switch
        {
            Dictionary<string, object?> group => group.GetValueOrDefault("code") as string,
            var plain => plain as string,
        };
        return new RecordedCall(
            line, Body(request.GetValueOrDefault("body")), Body(response?.GetValueOrDefault("body")),
            int.TryParse(status, System.Globalization.CultureInfo.InvariantCulture, out var code) ? code : null,
            recorded is null ? null : At(recorded)).Item();
    }

    private static long? At(string text) => Instants.Parse(text) ?? (DateTimeOffset.TryParseExact(
        text, "r", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var date)
        ? (date - DateTimeOffset.UnixEpoch).Ticks * 100 : null);

    private static string? Body(object? body) => body switch
    {
        string text => text,
        byte[] bytes => Unpacked(bytes),
        Dictionary<string, object?> group => Body(group.GetValueOrDefault("string") ?? group.GetValueOrDefault("base64_string")),
        _ => null,
    };

    private static string? Unpacked(byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..])
        {
            return Encoding.UTF8.GetString(bytes);
        }

        try
        {
            using var packed = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            var text = new byte[1 << 16];
            var length = 0;
            for (int read; (read = packed.Read(text, length, text.Length - length)) > 0;)
            {
                length += read;
                if (length == text.Length)
                {
                    if (length >= MostUnpacked)
                    {
                        return null;
                    }

                    Array.Resize(ref text, length * 2);
                }
            }

            return Encoding.UTF8.GetString(text, 0, length);
        }
        catch (InvalidDataException)
        {
            // Only the answer is lost; what was asked is what counts.
            return null;
        }
    }

    /// <summary>
    /// Plain values from YAML events, bounded: text, bytes, lists and groups. Aliases repeat nothing: they are absent.
    /// </summary>
    private sealed class YamlParts(Parser events, string path)
    {
        private const int Deepest = 64;
        private const int MostNodes = 200_000;
        private int _nodes;

        public IEnumerable<(int Line, object? Value)> ItemsOf(params string[] lists)
        {
            var wanted = false;
            var depth = 0;
            while (Next() is { } current)
            {
                // The scanner's work grows with the square of the depth.
                if ((depth += current.NestingIncrease) > Deepest)
                {
                    throw Broken(current.Start, "lists and groups are nested too deeply");
                }

                if (wanted && current is SequenceStart)
                {
                    while (Next() is { } item and not SequenceEnd)
                    {
                        _nodes = 0;
                        yield return ((int)item.Start.Line, Value(item, 0));
                    }

                    depth--;
                }

                wanted = current is Scalar key && Array.IndexOf(lists, key.Value) >= 0;
            }
        }

        private object? Value(ParsingEvent current, int depth)
        {
            if (++_nodes > MostNodes || depth > Deepest)
            {
                throw Broken(current.Start, "an interaction of too many or too deep parts");
            }

            switch (current)
            {
                case Scalar scalar:
                    return Content(scalar);
                case SequenceStart:
                    var list = new List<object?>();
                    while (Next() is { } item and not SequenceEnd)
                    {
                        list.Add(Value(item, depth + 1));
                    }

                    return list;
                case MappingStart:
                    var group = new Dictionary<string, object?>(StringComparer.Ordinal);
                    while (Next() is { } key and not MappingEnd)
                    {
                        var name = Value(key, depth + 1) as string ?? "";
                        group[name] = Next() is { } value ? Value(value, depth + 1) : null;
                    }

                    return group;
                default:
                    return null;
            }
        }

        private static object? Content(Scalar scalar)
        {
            if (scalar.Tag.IsEmpty || scalar.Tag.Value != "tag:yaml.org,2002:binary")
            {
                return scalar.Value;
            }

            var bytes = new byte[scalar.Value.Length];
            return Convert.TryFromBase64String(scalar.Value, bytes, out var length) ? bytes[..length] : null;
        }

        private ParsingEvent? Next()
        {
            try
            {
                return events.MoveNext() ? events.Current : null;
            }
            catch (YamlException broken)
            {
                throw Broken(broken.Start, "is no YAML from here on");
            }
            catch (InvalidOperationException)
            {
                // YamlDotNet 16.3 ends so on some broken flow text where it should have said where.
                throw Broken(events.Current?.End ?? Mark.Empty, "is no YAML from here on");
            }
        }

        private PromptException Broken(Mark place, string wrong) =>
            new(FormattableString.Invariant($"{path}:{place.Line}: {wrong}; give a cassette as VCR wrote it"));
    }
}
