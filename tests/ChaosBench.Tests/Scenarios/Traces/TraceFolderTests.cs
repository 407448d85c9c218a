using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Scenarios.Traces;

public sealed class TraceFolderTests : IDisposable
{
    private const string Client = "0,5,1,Gamma,1,1\n600,5,1,Gamma,1,1\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_ClientsOfServeGen_AreIndependentAndMergedByTime()
    {
        _folder.File("a-trace.csv", Client);
        _folder.File("b-trace.csv", Client);
        _folder.File("b-dataset.json", "{\"0\":{\"input_tokens\":\"{100: 1}\",\"output_tokens\":\"{7: 1.0}\"}}");

        var (rows, preview) = Read();

        var (a, b) = (rows.Where(row => row.Cohort == "a").ToList(), rows.Where(row => row.Cohort == "b").ToList());
        Assert.Equal(rows.Count, a.Count + b.Count);
        Assert.Equal(rows.Select(row => row.At).Order(), rows.Select(row => row.At));

        // 1,200 s at 5/s each: ten deviations wide.
        Assert.All([a, b], client => Assert.InRange(client.Count, 5_200, 6_800));
        Assert.Empty(a.Select(row => row.At).Intersect(b.Select(row => row.At)));
        Assert.All(a, row => Assert.Null(row.InputTokens));
        Assert.All(b, row => Assert.Equal((100, 7), (row.InputTokens!.Value, row.OutputTokens!.Value)));
        Assert.Equal(["a-trace.csv", "b-trace.csv"], preview.Notes.Select(note => note.Split(':')[0]).Distinct());
        Assert.Equal(rows, Read().Rows);
    }

    [Fact]
    public void Rows_DatedFiles_KeepOneClockAndTheirSessionsApart()
    {
        _folder.File("1.jsonl", "{\"timestamp\": 5000, \"input_length\": 3, \"session_id\": \"s\"}\n{\"delay\": 10, \"input_length\": 4, \"session_id\": \"s\"}\n");
        _folder.File("2.jsonl", "{\"timestamp\": 4000, \"input_length\": 5, \"session_id\": \"s\"}\n{\"timestamp\": 6500, \"input_length\": 6, \"session_id\": \"s\"}\n");

        var (rows, _) = Read();

        Assert.Equal(
            [(0, "2:s", 1), (1000, "1:s", 1), (null, "1:s", 2), (2500L, "2:s", 2)],
            rows.Select(row => (row.At / Nanos.PerMillisecond, row.Session!, row.Turn!.Value)));
    }

    [Fact]
    public void Open_FilesOfTwoFormats_NamesBoth()
    {
        _folder.File("a.csv", "num_prefill_tokens,num_decode_tokens\n5,6\n");
        _folder.File("b.jsonl", "{\"timestamp\": 0, \"input_length\": 3}\n");

        var message = Assert.Throws<PromptException>(() => Read()).Message;

        Assert.Contains("b.jsonl: is of the format mooncake, but ", message, StringComparison.Ordinal);
        Assert.Contains("a.csv is of lengths; one trace has files of one format", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NothingOfTraffic_SaysSo()
    {
        _folder.File("b-dataset.json", "{}");

        Assert.Contains("is a folder without files of traffic", Assert.Throws<PromptException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_BrokenRow_IsNamedWithItsFile()
    {
        _folder.File("a.jsonl", "{\"timestamp\": 0, \"input_length\": 3}\n");
        _folder.File("b.jsonl", "{\"timestamp\": 0, \"input_length\": 3}\n{bad\n");

        Assert.Contains("b.jsonl:2: not valid JSON; 1 of 3 rows", Assert.Throws<PromptException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TraceOfAFolder_NamesEveryFileOfThePlan()
    {
        _folder.File("a-trace.csv", Client);
        _folder.File("a-dataset.json", "{\"0\":{\"input_tokens\":\"{10: 1}\",\"output_tokens\":\"{7: 1.0}\"}}");
        _folder.File("b-trace.csv", Client);
        _folder.File("b-dataset.json", "{\"0\":{\"input_tokens\":\"{20: 1}\",\"output_tokens\":\"{7: 1.0}\"}}");
        var set = new PromptSet.Traced { Name = "all", Path = _folder.Path };

        var plan = Planner.Create(
            Plans.Scenario(new Workload.Open(new ArrivalProcess.Replay(set, 1)), Plans.Entry(set)), 1, new PlanInputs(new PromptFiles("")));

        Assert.Equal(["a-dataset.json", "a-trace.csv", "b-dataset.json", "b-trace.csv"], plan.Files.Keys.Select(Path.GetFileName));
        Assert.Equal(["a", "b"], plan.Arrivals.Select(arrival => arrival.Cohort.Tags["cohort"]).Distinct().Order());
    }

    private (List<TraceRecord> Rows, TracePreview Preview) Read()
    {
        using var pass = TracePass.Open(_folder.Path, null, new TraceOptions { Files = new PromptFiles(""), Seed = 1 });
        var rows = pass.Rows().ToList();
        return (rows, pass.Finish());
    }
}
