using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry;

namespace ChaosBench.Tests.Reports.Telemetry;

public sealed class SpanFoldTests
{
    private static readonly JournalEvent.RunStarted Start = Some.Run() with { Faults = [Some.Fault()] };
    private static readonly TelemetryRun Run = new(Some.Manifest("steady"), Start);

    [Fact]
    public void Spans_OfARun_OneForEachRequestPhaseFaultAndTheRun()
    {
        var spans = Fold(Some.Requests(60), Some.Broken());

        Assert.Equal(60, spans.Count(span => span.Name == "chat candidate-v2"));
        Assert.Equal(["phase baseline", "phase fault", "phase recovery"], Named(spans, "phase"));
        Assert.Equal(["fault node.kill"], Named(spans, "fault"));
        Assert.Equal(["run steady"], Named(spans, "run"));
        Assert.Equal(spans.Count, spans.Select(span => (span.Trace, span.Id)).Distinct().Count());
        Assert.Equal(spans.Count, spans.Select(span => span.Id).Distinct().Count());
        Assert.All(spans, span => Assert.True(span.End >= span.Start));
    }

    [Fact]
    public void Spans_Parents_AreSpansOfTheSameTrace()
    {
        var spans = Fold(Some.Requests(20), Some.Broken());
        var known = spans.Select(span => (span.Trace, (ulong?)span.Id)).ToHashSet();

        Assert.All(spans.Where(span => span.Parent is not null), span => Assert.Contains((span.Trace, span.Parent), known));
        Assert.All(spans.SelectMany(span => span.Links), link => Assert.Contains((link.Trace, (ulong?)link.Span), known));
    }

    [Fact]
    public void Request_Completed_SaysWhatTheConventionsWant()
    {
        var span = Fold([Some.Request(3, 1) with { InputTokens = 12, FinishReason = "stop", Status = 200 }])[0];

        Assert.Equal("chat", Text(span, "gen_ai.operation.name"));
        Assert.Equal("candidate-v2", Text(span, "gen_ai.request.model"));
        Assert.Equal(new AttributeValue.Whole(12), Value(span, "gen_ai.usage.input_tokens"));
        Assert.Equal(new AttributeValue.Whole(5), Value(span, "gen_ai.usage.output_tokens"));
        Assert.Equal(["stop"], ((AttributeValue.Texts)Value(span, "gen_ai.response.finish_reasons")!).Values);
        Assert.Equal(0.099, ((AttributeValue.Real)Value(span, "gen_ai.response.time_to_first_chunk")!).Value, 9);
        Assert.Equal("r000003", Text(span, "chaosbench.request.id"));
        Assert.Null(Value(span, "error.type"));
        Assert.Null(span.Error);
        Assert.Equal(Run.Wall(Some.S(1)), span.Start);
        Assert.Equal(["chaosbench.sent", "chaosbench.first_token", "chaosbench.last_token"], span.Events.Select(happening => happening.Name));
    }

    [Theory]
    [InlineData(Outcome.TimedOut, null, "timed-out")]
    [InlineData(Outcome.Failed, 502, "502")]
    [InlineData(Outcome.Truncated, 200, "truncated")]
    public void Request_NotCompleted_IsAnErrorOfAClosedList(Outcome outcome, int? status, string type)
    {
        var span = Fold([Some.Request(0, 1, outcome) with { Status = status }])[0];

        Assert.Equal(type, Text(span, "error.type"));
        Assert.Equal("it broke", span.Error);
        Assert.Null(Value(span, "gen_ai.usage.output_tokens"));
    }

    [Fact]
    public void Request_NeverSent_HasNoInstantOfSending()
    {
        var span = Fold([Some.Request(0, 1, Outcome.NotSent) with { Sent = null }])[0];

        Assert.Empty(span.Events);
        Assert.Null(Value(span, "chaosbench.dispatch_lag"));
        Assert.Equal("not-sent", Text(span, "error.type"));
    }

    [Fact]
    public void Request_HitByAFault_HasTheInjectionAndTheLink()
    {
        var spans = Fold(
            [Some.Moved("kill-1", FaultState.Active, 20)],
            [Some.Met("kill-1", InjectionKind.Applied, 21.2, "r000001")],
            [Some.Request(0, 1), Some.Request(1, 21) with { Faults = ["kill-1"] }, Some.Request(2, 22)],
            [Some.Moved("kill-1", FaultState.Cleared, 30), Some.Request(3, 31)]);
        var fault = spans.Single(span => span.Name == "fault node.kill");
        var requests = spans.Where(span => span.Name == "chat candidate-v2").ToList();

        Assert.Equal([0, 1, 1, 0], requests.Select(span => span.Links.Count));
        Assert.Equal(fault.Id, requests[1].Links[0].Span);
        Assert.Contains(KeyValue.Of("chaosbench.fault.applied", true), requests[1].Links[0].Attributes);
        Assert.Contains(KeyValue.Of("chaosbench.fault.applied", false), requests[2].Links[0].Attributes);
        var injected = Assert.Single(requests[1].Events, happening => happening.Name == "chaosbench.fault.injected");
        Assert.Equal(Run.Wall(Some.S(21.2)), injected.At);
        Assert.Contains(KeyValue.Of("chaosbench.fault.kind", "node.kill"), injected.Attributes);
        Assert.Equal((Run.Wall(Some.S(20)), Run.Wall(Some.S(30))), (fault.Start, fault.End));
    }

    [Fact]
    public void Conversation_OfThreeTurns_IsOneTraceUnderOneSpan()
    {
        var spans = Fold([
            Some.Request(4, 1) with { Conversation = 4 }, Some.Request(60, 3) with { Conversation = 4 }, Some.Request(61, 5) with { Conversation = 4 }, Some.Request(5, 6)]);
        var whole = spans.Single(span => span.Name == "conversation");
        var turns = spans.Where(span => span.Parent == whole.Id).ToList();

        Assert.Equal(3, turns.Count);
        Assert.All(turns, turn => Assert.Equal(whole.Trace, turn.Trace));
        Assert.All(turns, turn => Assert.Equal("r000004", Text(turn, "gen_ai.conversation.id")));
        Assert.Equal(Run.Ids.TraceOf(4), whole.Trace);
        Assert.Equal((Run.Wall(Some.S(1)), Run.Wall(Some.S(5.4))), (whole.Start, whole.End));
    }

    [Fact]
    public void Attempts_OfAPolicy_AreChildrenWithTheIdsOfTheirHeaders()
    {
        JournalEvent.Attempt Attempt(int number, Outcome outcome) => new()
        {
            At = Some.S(1 + number), Arrival = 8, Number = number, Target = Some.Candidate, Began = Some.S(number), Outcome = outcome, Status = outcome == Outcome.Failed ? 500 : 200, Reason = outcome == Outcome.Failed ? "no" : null,
        };
        var spans = Fold([Attempt(1, Outcome.Failed), Attempt(2, Outcome.Completed), Some.Request(8, 1)]);
        var request = spans.Single(span => span.Id == Run.Ids.SpanOf(8));
        var attempts = spans.Where(span => span.Parent == request.Id).ToList();

        Assert.Equal([Run.Ids.SpanOf(8, 1), Run.Ids.SpanOf(8, 2)], attempts.Select(span => span.Id));
        Assert.Equal(["500", null], attempts.Select(span => Text(span, "error.type")));
        Assert.Equal(new AttributeValue.Whole(1), Value(attempts[1], "http.request.resend_count"));
        Assert.Contains(Run.Ids.Header(8, 8, 2), $"00-{attempts[1].Trace}-{attempts[1].Id:x16}-01", StringComparison.Ordinal);
    }

    [Fact]
    public void Sampling_AShare_LeavesTheOthersOutAndCountsThem()
    {
        var run = new TelemetryRun(Some.Manifest("steady"), Start with { Telemetry = new TelemetryInfo(true, 0.25) });
        var fold = new SpanFold(run);
        var spans = fold.Spans([run.Start, .. Some.Requests(400), Some.End()]).ToList();

        Assert.Equal(400, fold.Requests);
        Assert.Equal(fold.Sampled, spans.Count(span => span.Name.StartsWith("chat", StringComparison.Ordinal)));
        Assert.InRange(fold.Sampled, 60, 140);
    }

    [Fact]
    public void Texts_NobodyAskedForThem_AreInNoSpan()
    {
        var line = new ContentLine { Arrival = 0, Key = "k", Target = Some.Candidate, Outcome = Outcome.Completed, Messages = [new("user", "my \uD800 secret")], Output = "the answer" };
        var request = Some.Request(0, 1) with { FinishReason = "stop" };
        var without = new SpanFold(Run).Spans([Start, request, Some.End()]).First();
        var with = new SpanFold(Run, new Dictionary<int, ContentLine> { [0] = line }).Spans([Start, request, Some.End()]).First();

        Assert.DoesNotContain(without.Attributes, attribute => attribute.Key.EndsWith("messages", StringComparison.Ordinal));
        Assert.Contains("secret", Text(with, "gen_ai.input.messages"), StringComparison.Ordinal);
        Assert.Equal("""[{"role":"assistant","parts":[{"type":"text","content":"the answer"}],"finish_reason":"stop"}]""", Text(with, "gen_ai.output.messages"));
    }

    [Fact]
    public void Spans_JournalThatBreaksOff_SayThatTheRunDid()
    {
        var spans = new SpanFold(Run).Spans([Start, .. Some.Requests(3, (number, at) => Some.Request(number, at / 10)), Some.Moved("kill-1", FaultState.Active, 5)]).ToList();

        Assert.Contains("stops before", spans.Single(span => span.Name == "run steady").Error, StringComparison.Ordinal);
        Assert.Contains("still in place", spans.Single(span => span.Name == "fault node.kill").Error, StringComparison.Ordinal);
        Assert.Equal(["phase baseline"], Named(spans, "phase"));
    }

    private static List<Span> Fold(params IEnumerable<JournalEvent>[] parts) =>
        [.. new SpanFold(Run).Spans([Start, .. parts.SelectMany(part => part), Some.End()])];

    private static IEnumerable<string> Named(IEnumerable<Span> spans, string word) => spans.Select(span => span.Name).Where(name => name.StartsWith(word + " ", StringComparison.Ordinal));

    private static AttributeValue? Value(Span span, string key) => span.Attributes.SingleOrDefault(attribute => attribute.Key == key)?.Value;

    private static string? Text(Span span, string key) => (Value(span, key) as AttributeValue.Text)?.Value;
}
