using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>What <c>chaosbench import --out</c> writes: see <see cref="NativeTrace"/>.</summary>
internal sealed class NativeFormat : ITraceFormat
{
    public string Name => "chaosbench";
    public string Summary => "what chaosbench import --out writes (JSON lines, nanoseconds)";

    public bool Recognises(TraceHead head) => head.FirstLine.StartsWith("{\"chaosbench\":", StringComparison.Ordinal);

    public int? BlockTokens(TraceHead head)
    {
        try
        {
            using var header = JsonDocument.Parse(head.FirstLine);
            return new RowFields(header.RootElement).Tokens("blockTokens");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        var isFirst = true;
        return TraceLines.Json(file, (line, element) =>
        {
            if (!isFirst)
            {
                return [Row(line, element)];
            }

            isFirst = false;
            CheckHeader(file.Path, line, new RowFields(element));
            return [];
        });
    }

    private static void CheckHeader(string path, int line, RowFields header)
    {
        if (header.Name("chaosbench") != "trace" || header.Tokens("version") is not { } version)
        {
            throw new PromptException(FormattableString.Invariant(
                $"{path}:{line}: no header; the first line of a trace is {{\"chaosbench\":\"trace\",\"version\":{NativeTrace.Version}}}"));
        }

        if (version > NativeTrace.Version)
        {
            throw new PromptException(FormattableString.Invariant(
                $"{path}:{line}: was written by a newer version of chaosbench (trace version {version}, this one knows {NativeTrace.Version}); update chaosbench"));
        }
    }

    private static List<AnswerPlace>? Places(RowFields row, int[] pairs)
    {
        if (pairs.Length % 2 != 0)
        {
            row.Refuse("answers is no list of pairs: position of a message, turn");
            return null;
        }

        return [.. pairs.Chunk(2).Select(pair => new AnswerPlace(pair[0], pair[1]))];
    }

    private static TraceItem Row(int line, JsonElement element)
    {
        var row = new RowFields(element);
        return row.Item(line, () => new TraceRecord
        {
            Line = line,
            At = row.Time(TimeUnit.Nanoseconds, "at"),
            InputTokens = row.Tokens("in"),
            OutputTokens = row.Tokens("out"),
            HashIds = row.Ids("hashIds"),
            Messages = row.Group("messages", JsonValueKind.Array) is { } list ? JsonRow.Chat(list) : null,
            IsDelta = row.Group("delta", JsonValueKind.True) is not null,
            Answer = row.Text("answer"),
            Session = row.Name("session"),
            Turn = row.Tokens("turn"),
            Delay = row.Time(TimeUnit.Nanoseconds, "delay"),
            After = row.Numbers("after"),
            Answers = row.Numbers("answers") is { } pairs ? Places(row, pairs) : null,
            Cohort = row.Name("cohort"),
            Failed = row.Group("failed", JsonValueKind.True) is not null,
        });
    }
}
