using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Scenarios.Planning;
using ChaosBench.Tests.Scenarios.Traces;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Scenarios.Prompts;

public sealed class TracedPromptsTests
{
    private static readonly PromptSet.Traced Chat = new() { Name = "chat", Path = "chat.jsonl", Format = "mooncake" };

    [Fact]
    public void Load_EqualLeadingIds_BeginExactlyAlikeAndNothingElseDoes()
    {
        var prompts = Load(Chat with { BlockTokens = 4 }, """
            {"timestamp": 0, "input_length": 12, "output_length": 3, "hash_ids": [7, 8, 9]}
            {"timestamp": 1000, "input_length": 10, "output_length": 3, "hash_ids": [7, 8, 5]}
            {"timestamp": 2000, "input_length": 6, "output_length": 3, "hash_ids": [1]}
            {"timestamp": 3000, "input_length": 6, "output_length": 3}
            """).Select(prompt => prompt.Messages[0].Content.Split(' ')).ToList();

        Assert.Equal([12, 10, 6, 6], prompts.Select(words => words.Length));
        Assert.Equal(prompts[0][..8], prompts[1][..8]);
        Assert.NotEqual(prompts[0][8..10], prompts[1][8..10]);
        Assert.NotEqual(prompts[2][4..6], prompts[3][4..6]);
        Assert.NotEqual(prompts[0][..4], prompts[2][..4]);
    }

    [Fact]
    public void Load_Lengths_ScaleTokensAndBlocksAlike()
    {
        var prompts = Load(Chat with { Lengths = new Share(0.01) }, """
            {"timestamp": 0, "input_length": 1536, "output_length": 500, "hash_ids": [7, 8, 9]}
            {"timestamp": 0, "input_length": 1024, "output_length": 10, "hash_ids": [7, 8]}
            """).ToList();

        Assert.Equal((15, 5), (prompts[0].Messages[0].Content.Split(' ').Length, prompts[0].OutputTokens!.Value));
        Assert.StartsWith(prompts[1].Messages[0].Content, prompts[0].Messages[0].Content, StringComparison.Ordinal);
        Assert.Equal(1, prompts[1].OutputTokens);
    }

    [Fact]
    public void Load_TurnsOfASession_CarryTheRecordedHistory()
    {
        var sample = Samples.All.Single(one => one.Format == "sharegpt").Text;

        var prompts = Load(Chat with { Format = "sharegpt" }, sample).ToList();

        Assert.Equal(["a"], prompts[0].Messages.Select(message => message.Content));
        Assert.Equal([("user", "a"), ("assistant", "b"), ("user", "c")], prompts[1].Messages.Select(message => (message.Role, message.Content)));
    }

    [Fact]
    public void Create_Replay_KeepsTheRecordedInstantsAtItsSpeedAndAsksWhatWasAskedThere()
    {
        var rows = Enumerable.Range(0, 400).Select(row => $"{{\"timestamp\": {row * row}, \"input_length\": {row + 1}, \"output_length\": {row + 1}}}");
        var plan = Plan(new Workload.Open(new ArrivalProcess.Replay(Chat, 2)), string.Join('\n', rows), Plans.Entry(Chat));

        Assert.Equal(Enumerable.Range(0, 400).TakeWhile(row => row * row / 2.0 < 60_000).Select(row => row * row * 500_000L), plan.Arrivals.Select(arrival => arrival.At));
        Assert.All(plan.Arrivals, arrival => Assert.Equal(arrival.Index + 1, arrival.Sampling.MaxTokens));
        Assert.All(plan.Arrivals, arrival => Assert.Equal(arrival.Index + 1, arrival.Prompt.Messages[0].Content.Split(' ').Length));
        Assert.Equal([1, 2, 4, 8], plan.Arrivals.Select(arrival => arrival.Cohort.MaxTokens).Distinct().Take(4));
        Assert.Contains("workload replay \"chat\" 2\n", Plans.Text(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ReplayWithAnotherLineInTheMix_LeavesTheTraceItsRows()
    {
        var rows = string.Concat(Enumerable.Range(0, 1_000).Select(row => $"{{\"timestamp\": {row * 60}, \"input_length\": {row + 1}}}\n"));
        var plan = Plan(new Workload.Open(new ArrivalProcess.Replay(Chat, 1)), rows, Plans.Entry(Chat, 80), Plans.Entry(Plans.Set("tickets"), 20));
        var traced = plan.Arrivals.Where(arrival => arrival.Cohort.Prompts == "chat").ToList();

        Assert.InRange(traced.Count, 740, 860);
        Assert.All(traced, arrival => Assert.Equal($"t{arrival.Index}", arrival.Prompt.Id));
        Assert.All(traced, arrival => Assert.Equal(64, arrival.Sampling.MaxTokens));
    }

    [Fact]
    public void Create_TraceOfATimedRate_IsDrawnLikeAnyPrompts() => Assert.All(
        Plan(new Workload.Open(Plans.Poisson40), "{\"timestamp\": 0, \"input_length\": 3}\n", Plans.Entry(Chat)).Arrivals,
        arrival => Assert.Equal("t0", arrival.Prompt.Id));

    [Fact]
    public void Create_Sessions_PlansWholeConversations()
    {
        var set = Chat with { Format = "openai-messages" };
        const string Trace = "{\"id\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},{\"role\":\"user\",\"content\":\"c\"}]}\n{\"messages\":[{\"role\":\"user\",\"content\":\"d\"}]}\n";

        var plan = Plan(new Workload.Closed(2, TimeSpan.Zero, Sessions: true), Trace, Plans.Entry(set));
        var text = Plans.Text(plan);

        Assert.Equal(["a", "d"], plan.Arrivals.Select(arrival => arrival.Prompt.Messages.Single().Content).Distinct().Order());
        Assert.All(plan.Arrivals, arrival => Assert.Equal(arrival.Prompt.Messages[0].Content == "a" ? ["c"] : [], arrival.Prompt.Turns.Select(turn => turn.Messages.Single().Content)));
        Assert.Contains(" turns=1:", text, StringComparison.Ordinal);
        Assert.NotEqual(plan.Sha256, Plan(new Workload.Closed(2, TimeSpan.Zero, Sessions: true), Trace.Replace("\"c\"", "\"C\"", StringComparison.Ordinal), Plans.Entry(set)).Sha256);
    }

    [Fact]
    public void Create_SessionsOfLengths_AskWhatTheInputGrewBy()
    {
        var plan = Plan(new Workload.Closed(1, TimeSpan.Zero, Sessions: true), Samples.All.Single(one => one.Format == "bailian").Text, Plans.Entry(Chat with { Format = "bailian" }));

        // 40 tokens in, of which 30 and 4 were said before.
        Assert.All(plan.Arrivals, arrival => Assert.Equal((30, 6, 4), (
            Words(arrival.Prompt.Messages), Words(Assert.Single(arrival.Prompt.Turns).Messages), arrival.Prompt.Turns[0].MaxTokens!.Value)));

        static int Words(IReadOnlyList<ChatMessage> messages) => messages.Single().Content.Split(' ').Length;
    }

    [Fact]
    public void Create_SessionsWithoutATrace_SaysWhatIsNeeded() => Assert.Contains(
        "sessions: true needs prompts that have turns; name a prompt set with trace: in the mix",
        Assert.Throws<PromptException>(() => Plan(new Workload.Closed(1, TimeSpan.Zero, Sessions: true), "", Plans.Entry(Plans.Set("tickets")))).Message,
        StringComparison.Ordinal);

    private const string Delayed = """
        {"timestamp": 1000, "input_length": 5, "output_length": 2, "session_id": "a"}
        {"delay": 200, "input_length": 9, "output_length": 3, "session_id": "a"}
        {"timestamp": 2000, "input_length": 5, "output_length": 2, "session_id": "b"}
        {"timestamp": 2500, "input_length": 8, "output_length": 2, "session_id": "b"}
        {"delay": 400, "input_length": 30, "output_length": 3, "session_id": "a"}
        {"timestamp": 9000, "input_length": 5, "output_length": 2}
        """;

    [Fact]
    public void Create_OpenSessionsOfAReplay_ArriveAtTheirFirstInstantsAndGoOnAsRecorded()
    {
        var plan = Plan(new Workload.Open(new ArrivalProcess.Replay(Chat, 2)) { Sessions = true }, Delayed, Plans.Entry(Chat));

        Assert.Equal([0, 500, 4000], plan.Arrivals.Select(arrival => arrival.At / Nanos.PerMillisecond));
        Assert.Equal((3, 4), (plan.Turns!.Total, plan.Turns.NumberOf(0, 2)));

        // A delay counts from the answer; an instant that is recorded instead stands, at the speed of the replay.
        Assert.Equal([(100, 0), (200, 0)], Waits(plan.Arrivals[0]));
        Assert.Equal([(0, 250)], Waits(plan.Arrivals[1]));
        Assert.Empty(plan.Arrivals[2].Prompt.Turns);
        Assert.Equal([2, 18], plan.Arrivals[0].Prompt.Turns.Select(turn => turn.Messages.Single().Content.Split(' ').Length));
        Assert.Contains("workload replay \"chat\" 2 sessions as recorded\n", Plans.Text(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OpenSessionsAtARate_ThinkInsteadOfTheRecordedPause()
    {
        var workload = new Workload.Open(Plans.Poisson40) { Sessions = true, ThinkTime = TimeSpan.FromSeconds(3) };
        var plan = Plan(workload, Delayed, Plans.Entry(Chat));

        Assert.Equal(plan.Arrivals.Sum(arrival => arrival.Prompt.Turns.Count), plan.Turns!.Total);
        Assert.All(plan.Arrivals.SelectMany(Waits), wait => Assert.Equal((3000, 0), wait));
        Assert.NotEqual(plan.Sha256, Plan(workload with { ThinkTime = null }, Delayed, Plans.Entry(Chat)).Sha256);
    }

    [Fact]
    public void Create_WindowThatLeavesASessionsBeginningOut_LeavesItsTurnsOutToo()
    {
        var set = Chat with { From = TimeSpan.FromMilliseconds(900) };

        var plan = Plan(new Workload.Open(new ArrivalProcess.Replay(set, 1)) { Sessions = true }, Delayed, Plans.Entry(set));

        Assert.Equal([(100, 1), (7100, 0)], plan.Arrivals.Select(arrival => (arrival.At / Nanos.PerMillisecond, arrival.Prompt.Turns.Count)));
    }

    [Fact]
    public void Create_OpenSessionsThatCannotBe_SayWhy()
    {
        var open = new Workload.Open(Plans.Poisson40) { Sessions = true };
        var files = Plans.Files().With("chat.jsonl", Delayed);

        Assert.Contains("a conversation would reach into the other's", Message(Plans.Scenario(open, Plans.Entry(Chat)) with { Baseline = Plans.Target("b") }), StringComparison.Ordinal);
        Assert.Contains("batch: beside sessions: true", Message(Plans.Scenario(open, Plans.Entry(Chat) with { Batch = [2] })), StringComparison.Ordinal);
        Assert.Contains("needs prompts that have turns", Message(Plans.Scenario(open)), StringComparison.Ordinal);

        string Message(Scenario scenario) => Assert.Throws<PromptException>(() => Planner.Create(scenario, 1, new PlanInputs(files))).Message;
    }

    private static List<(long Delay, long NotBefore)> Waits(Arrival arrival) =>
        [.. arrival.Prompt.Turns.Select(turn => (turn.Delay / Nanos.PerMillisecond, turn.NotBefore / Nanos.PerMillisecond))];

    [Theory]
    [InlineData("lengths", "num_prefill_tokens,num_decode_tokens\n5,6\n", "holds no times, so it cannot be replayed; use a rate: with its prompts")]
    [InlineData("mooncake", "{\"timestamp\": 0, \"input_length\": 3}\n{bad\n", "chat.jsonl:2: not valid JSON; 1 of 2 rows")]
    [InlineData("openai-batch", "{\"custom_id\":\"r2\",\"response\":{\"status_code\":500,\"body\":{}}}\n", "chat.jsonl:1: has neither text nor a number of input tokens")]
    public void Create_TraceThatCannotBeReplayed_SaysWhy(string format, string text, string message)
    {
        var set = Chat with { Format = format };

        Assert.Contains(message, Assert.Throws<PromptException>(
            () => Plan(new Workload.Open(new ArrivalProcess.Replay(set, 1)), text, Plans.Entry(set))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileBesideTheTrace_IsNamedToo() => Assert.Equal(["x-dataset.json", "x-trace.csv"], PromptSets.Load(
        Chat with { Path = "x-trace.csv", Format = "servegen" }, 1, new MemoryFiles().With("x-trace.csv", "0,5,1,Gamma,1,1\n")
            .With("x-dataset.json", "{\"0\":{\"input_tokens\":\"{100: 1}\",\"output_tokens\":\"{7: 1.0}\"}}")).Files.Keys);

    [Fact]
    public void Create_WindowBeyondTheTrace_SaysSo() => Assert.Contains("no request is in the wanted window and sessions", Assert.Throws<PromptException>(
        () => Load(Chat with { From = TimeSpan.FromHours(1) }, "{\"timestamp\": 0, \"input_length\": 3}\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Prefixed_Groups_ShareTheirBeginningExactly()
    {
        var set = new PromptSet.Prefixed { Name = "grouped", From = Plans.Set("tickets"), Groups = 3, Tokens = 20 };
        var prompts = PromptSets.Load(set, 1, Plans.Files()).Prompts;

        var byGroup = prompts.GroupBy(prompt => prompt.Tags["group"]).ToList();
        Assert.Equal(3, byGroup.Count);
        Assert.All(byGroup, group => Assert.Single(group.Select(prompt => prompt.Messages[0].Content).Distinct()));
        Assert.Equal(3, prompts.Select(prompt => prompt.Messages[0].Content).Distinct().Count());
        Assert.All(prompts, prompt => Assert.Equal(("system", 20), (prompt.Messages[0].Role, prompt.Messages[0].Content.Split(' ').Length)));
        Assert.All(prompts, prompt => Assert.NotNull(prompt.Expected));
    }

    [SkippableFact]
    public void Load_RealMooncake_KeepsEveryPrefixAndItsLengths()
    {
        var set = new PromptSet.Traced { Name = "real", Path = DataFolder.Require("mooncake/conversation_trace.jsonl"), For = TimeSpan.FromMinutes(2), Lengths = new Share(1 / 64.0) };
        var prompts = PromptSets.Load(set, 1, new PromptFiles("")).Prompts;
        using var pass = TracePass.Open(set.Path, null, new TraceOptions { Files = new PromptFiles(""), For = set.For });
        var rows = pass.Rows().ToList();

        Assert.Equal(rows.Count, prompts.Count);
        for (var row = 1; row < rows.Count; row++)
        {
            // A block of 512 tokens is 8 words here.
            var shared = 8 * rows[row].HashIds!.Zip(rows[row - 1].HashIds!).TakeWhile(pair => pair.First == pair.Second).Count();
            var (one, other) = (prompts[row].Messages[0].Content.Split(' '), prompts[row - 1].Messages[0].Content.Split(' '));
            var both = Math.Min(one.Length, other.Length);
            Assert.Equal(Math.Max(1, Math.Round(rows[row].InputTokens!.Value / 64.0)), one.Length);
            Assert.Equal(one.Take(Math.Min(shared, both)), other.Take(Math.Min(shared, both)));
            Assert.True(both <= shared + 8 || !one.Skip(shared).Take(8).SequenceEqual(other.Skip(shared).Take(8)), $"row {row}");
        }
    }

    private static IReadOnlyList<Prompt> Load(PromptSet.Traced set, string text) =>
        PromptSets.Load(set, 1, new MemoryFiles().With("chat.jsonl", text)).Prompts;

    private static Plan Plan(Workload workload, string trace, params MixEntry[] mix) =>
        Planner.Create(Plans.Scenario(workload, mix), 1, new PlanInputs(Plans.Files().With("chat.jsonl", trace)));
}
