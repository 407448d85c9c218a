using System.Text.Json;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Support;
using static System.FormattableString;

namespace ChaosBench.Tests.Scenarios.Traces;

public sealed class SpanGraphTests
{
    [Fact]
    public void Read_AnswersQuoted_WaitForThemAndKnowTheirPlaces()
    {
        var rows = Turns(
            Call("a", null, 0, 2, "one?", "first answer"), Call("b", null, 1, 3, "two?", "second answer"),
            Call("c", null, 5, 6, [("user", "one?"), ("assistant", "second answer"), ("assistant", "first answer"), ("user", "both?")], "x"));

        Assert.Equal(["1 after  +- []", "2 after  +- []", "3 after 1,2 +2 [1:2 2:1]"], rows.Select(Told));
    }

    [Fact]
    public void Read_ChainThatRepeatsItsHistory_WaitsForTheLastAlone()
    {
        var rows = Turns(
            Call("a", null, 0, 1, "q", "first"),
            Call("b", null, 2, 3, [("user", "q"), ("assistant", "first"), ("user", "r")], "second"),
            Call("c", null, 4, 5, [("user", "q"), ("assistant", "first"), ("user", "r"), ("assistant", "second"), ("user", "s")], "third"));

        Assert.Equal(["1 after  +- []", "2 after 1 +1 [1:1]", "3 after 2 +1 [1:1 3:2]"], rows.Select(Told));
    }

    [Fact]
    public void Read_ChildrenOfOneSpan_RunSideBySideIfTheyOverlapped()
    {
        var rows = Turns(
            Other("agent", null), Call("a", "agent", 0, 2, "plan", "p"), Call("b", "agent", 3, 5, "left", "l"), Call("c", "agent", 3.5, 6, "right", "r"),
            Call("d", "agent", 7, 8, "end", "e"));

        Assert.Equal(["1 after  +- []", "2 after 1 +1 []", "3 after 1 +1.5 []", "4 after 2,3 +1 []"], rows.Select(Told));
    }

    [Fact]
    public void Read_CallAboveAStep_IsWaitedForAndAnEnclosingOneIsNot()
    {
        var rows = Turns(
            Call("a", null, 0, 2, "q", "x"), Other("step", "a"), Call("b", "step", 3, 4, "r", "y"),
            Call("outer", null, 5, 9, "s", "z"), Call("inner", "outer", 6, 7, "t", "w"));

        Assert.Equal(["1 after  +- []", "2 after 1 +1 []", "3 after  +- []", "4 after  +- []"], rows.Select(Told));
    }

    [Fact]
    public void Read_LongAnswerWithinAPrompt_IsWaitedForAndAShortOneIsNot()
    {
        const string answer = "a sentence that nobody says by chance";
        var rows = Turns(
            Call("a", null, 0, 1, "q", answer), Call("b", null, 0, 1, "r", "yes"), Call("c", null, 2, 3, $"Summarise: {answer}. Say yes.", "z"));

        Assert.Equal("3 after 1 +1 []", Told(rows[2]));
    }

    [Fact]
    public void Read_SpansInAnyOrder_SayTheSame()
    {
        object[] spans = [Call("a", null, 0, 1, "q", "first"), Other("agent", "a"), Call("b", "agent", 2, 3, "r", "s"), Call("c", "b", 4, 5, "t", "u")];

        Assert.Equal(Turns(spans).Select(Told), Turns([.. spans.Reverse()]).Select(Told));
    }

    [Theory]
    [InlineData("execute_tool")]
    [InlineData("invoke_agent")]
    public void Read_OperationThatAsksForNoText_IsIgnored(string operation)
    {
        var (rows, preview) = Samples.Read("otel-genai", "t.json", Document(
            Call("a", null, 0, 1, "q", "x"), new { span_id = "t", start_time = Time(0), attributes = new Dictionary<string, string> { ["gen_ai.operation.name"] = operation } }));

        Assert.Equal((1, 1L), (rows.Count, preview.Ignored));
        Assert.Null(preview.Graphs);
    }

    [Fact]
    public void Finish_Graph_SaysItsDepthAndWidth()
    {
        var (_, preview) = Samples.Read("otel-genai", "t.json", Document(
            Other("agent", null), Call("a", "agent", 0, 2, "plan", "p"), Call("b", "agent", 3, 5, "left", "l"), Call("c", "agent", 3.5, 6, "right", "r"),
            Call("d", "agent", 7, 8, "end", "e")));

        Assert.Equal(new GraphFigures(1, 3, 2), preview.Graphs);
        using var text = new StringWriter();
        TracePreviewText.Write("t.json", preview, text);
        Assert.Contains("graphs     1 sessions of requests that wait for each other, up to 3 deep and 2 wide\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_Graph_ComesBackFromOurOwnForm()
    {
        using var folder = new TempFolder();
        var path = folder.File("t.json", Document(
            Call("a", null, 0, 2, "one?", "first answer"), Call("b", null, 3, 4, [("user", "one?"), ("assistant", "first answer"), ("user", "more?")], "x")));
        var output = Path.Combine(folder.Path, "out.jsonl");
        using (var pass = TracePass.Open(path, null, new TraceOptions { Files = new PromptFiles("") }))
        {
            TraceConversion.Convert(pass, output);
        }

        using var again = TracePass.Open(output, null, new TraceOptions { Files = new PromptFiles("") });

        Assert.Equal(["1 after  +- []", "2 after 1 +1 [1:1]"], again.Rows().Select(Told));
        Assert.Equal(new GraphFigures(1, 2, 1), again.Finish().Graphs);
    }

    [SkippableTheory]
    [InlineData("fan_in_dependencies.json", 2, 3)]
    [InlineData("parallel_requests.json", 4, 2)]
    [InlineData("simple_chain.json", 3, 1)]
    [InlineData("prefix_sharing_example.json", 4, 1)]
    public void Finish_RealTrace_HasItsGraph(string file, int depth, int width)
    {
        using var pass = TracePass.Open(DataFolder.Require("otel-genai-traces/" + file), null, new TraceOptions { Files = new PromptFiles("") });
        Assert.NotEmpty(pass.Rows().ToList());

        Assert.Equal(new GraphFigures(1, depth, width), pass.Finish().Graphs);
    }

    private static List<TraceRecord> Turns(params object[] spans) => Samples.Read("otel-genai", "t.json", Document(spans)).Rows;

    private static string Told(TraceRecord row) => Invariant(
        $"{row.Turn} after {string.Join(',', row.After!)} +{(row.Delay is { } delay ? Invariant($"{Nanos.ToSeconds(delay):0.###}") : "-")} [{string.Join(' ', (row.Answers ?? []).Select(place => Invariant($"{place.Message}:{place.Turn}")))}]");

    private static string Document(params object[] spans) => JsonSerializer.Serialize(new { trace_id = "t", spans });

    private static string Time(double seconds) => new DateTime(2026, 2, 25, 10, 0, 0, DateTimeKind.Utc).AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);

    private static object Other(string id, string? parent) => new { span_id = id, parent_span_id = parent, start_time = Time(0), end_time = Time(100), attributes = new { } };

    private static object Call(string id, string? parent, double start, double end, string asked, string answer) => Call(id, parent, start, end, [("user", asked)], answer);

    private static object Call(string id, string? parent, double start, double end, (string Role, string Content)[] messages, string answer) => new
    {
        span_id = id,
        parent_span_id = parent,
        start_time = Time(start),
        end_time = Time(end),
        attributes = new Dictionary<string, string>
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.conversation.id"] = "s",
            ["gen_ai.input.messages"] = JsonSerializer.Serialize(messages.Select(message => new { role = message.Role, content = message.Content })),
            ["gen_ai.output.messages"] = JsonSerializer.Serialize(new[] { new { role = "assistant", parts = new[] { new { type = "text", content = answer } } } }),
        },
    };
}
