using System.Globalization;
using System.Text;
using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Importing;

/// <summary>Files of load generators that know no tokens, and HdrHistogram's.</summary>
public sealed class GeneralToolTests
{
    private const string Points = """
        {"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","thresholds":[]},"metric":"http_req_duration"}
        {"type":"Point","data":{"time":"2026-05-09T14:34:45.100Z","value":1,"tags":{"status":"200"}},"metric":"http_reqs"}
        {"type":"Point","data":{"time":"2026-05-09T14:34:45.100Z","value":100,"tags":{"status":"200","name":"http://a/x?q=1","expected_response":"true"}},"metric":"http_req_duration"}
        {"type":"Point","data":{"time":"2026-05-09T14:34:45.300Z","value":250.5,"tags":{"status":"429","name":"http://a/x","expected_response":"false"}},"metric":"http_req_duration"}
        {"type":"Point","data":{"time":"2026-05-09T14:34:46.000Z","value":0,"tags":{"status":"0","error":"dial: connection refused","error_code":"1212","expected_response":"false"}},"metric":"http_req_duration"}

        """;

    [SkippableTheory]
    [InlineData("peer-results/k6/k6-reporter-simple.json", 1, "e2e/http-duration@send", "p95", 0.0300256841)]
    [InlineData("peer-results/k6/k6-reporter-simple.json", 1, "error_rate/unexpected-of-all", "value", 349.0 / 878)]
    [InlineData("peer-results/nbomber/csv_report.csv", 1, "e2e/step@send+ok-only", "p99", 0.5847)]
    [InlineData("peer-results/nbomber/txt_report.txt", 1, "e2e/step@send+ok-only", "p99", 0.5847)]
    [InlineData("peer-results/nbomber/md_report.md", 1, "request_rate/ok-per-duration", "value", 100.2)]
    [InlineData("peer-results/locust/results_stats.csv", 9, "requests/failed", "value", 1607)]
    [InlineData("peer-results/locust/results_stats.csv", 9, "e2e/response@send+all", "p99.9", 2.1)]
    [InlineData("peer-results/locust/results_failures.csv", 1, "requests/failed", "GET /api/v1/mining: HTTPError('429 Client Error: Too Many Requests for url: /api/v1/mining')", 224)]
    [InlineData("peer-results/locust/results_exceptions.csv", 1, "exceptions/raised", "value", 0)]
    [InlineData("peer-results/crank/regressions1.json", 3, "e2e/wrk-latency@send", "p99", 0.00401)]
    [InlineData("hdrhistogram/jHiccup-2.0.7S.logV2.hlog", 1, "requests/recorded", "value", 48761)]
    [InlineData("hdrhistogram/tagged-Log.logV2.hlog", 2, "requests/recorded", "value", 16145)]
    [InlineData("hdrhistogram/Sample_10kBy1k_3sf_TicksPerHour_asMs_20percPerHalfDistance.hgrm", 1, "e2e/recorded", "p50", 0.0004)]
    public void Read_PublishedFile_FirstRunSaysWhatTheFileSays(string file, int runs, string definition, string statistic, double value)
    {
        var (result, read) = Read(DataFolder.Require(file));
        var facts = ImportFolder.Facts(read[0], [result]);

        Assert.Equal(runs, read.Count);
        Assert.Equal(value, Assert.Single(facts.Figures, figure => figure.Definition == definition && figure.Statistic == statistic).Value, 10);
        Assert.All(read.SelectMany(run => ImportFolder.Facts(run, [result]).Figures), figure =>
        {
            Assert.True(figure.Agrees, $"{figure.Key}: {figure.Value} and {figure.Recomputed}");
            Assert.True(MetricDefinitions.All.ContainsKey(figure.Definition), figure.Definition);
        });
        Assert.DoesNotContain(read, run => run.Partial);
    }

    [SkippableFact]
    public void Read_OneNBomberRunInThreeForms_SameFigures()
    {
        var forms = new[] { "csv_report.csv", "txt_report.txt", "md_report.md" }.Select(name =>
            Assert.Single(Read(DataFolder.Require($"peer-results/nbomber/{name}")).Runs).Figures.Select(figure => (figure.Definition, figure.Statistic, figure.Value)).Order().ToList()).ToList();

        Assert.Equal(forms[0], forms[1]);
        Assert.Equal(forms[0], forms[2]);
    }

    /// <summary>Every place that is not a line's end: an error, or a part that says so and holds no number that the whole file has otherwise.</summary>
    [SkippableTheory]
    [InlineData("peer-results/k6/k6-reporter-simple.json")]
    [InlineData("peer-results/nbomber/csv_report.csv")]
    [InlineData("peer-results/nbomber/txt_report.txt")]
    [InlineData("peer-results/nbomber/md_report.md")]
    [InlineData("peer-results/locust/results_stats.csv")]
    [InlineData("peer-results/locust/results_failures.csv")]
    [InlineData("peer-results/crank/regressions1.json")]
    [InlineData("hdrhistogram/tagged-Log.logV2.hlog")]
    [InlineData("hdrhistogram/Sample_10kBy1k_3sf_TicksPerHour_asMs_20percPerHalfDistance.hgrm")]
    public void Read_CutAnywhere_ErrorOrAPartThatSaysSo(string file)
    {
        var path = DataFolder.Require(file);
        var bytes = File.ReadAllBytes(path);
        var whole = Figures(Read(path).Runs);
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var cut = bytes.AsMemory(0, random.Next(1, bytes.Length));
            try
            {
                var runs = ResultReading.Read(new ResultFile(path, cut));
                if (!runs.Any(run => run.Partial) && cut.Span[^1] != '\n')
                {
                    Assert.Subset(whole, Figures(runs));
                }
            }
            catch (ImportException told)
            {
                Assert.StartsWith(path, told.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Read_K6Points_RequestsWithInstantsAndOutcomes()
    {
        var run = Assert.Single(ResultReading.Read(ResultFileTests.Of(Points)));

        Assert.Equal(("k6", "points"), (run.Format, run.Form));
        Assert.Equal([Outcome.Completed, Outcome.Overloaded, Outcome.ConnectError], run.Requests.Select(request => request.Outcome));
        Assert.Equal([0, 0.0495, 1.0], run.Requests.Select(request => Math.Round(request.Sent!.Value, 6)));
        Assert.Equal([0.1, 0.2505, 0], run.Requests.Select(request => request.LastToken!.Value));
        Assert.Equal("http://a/x", run.Requests[0].Group);
    }

    /// <summary>The summary beside the samples of the same run: what k6 printed can be made again.</summary>
    [Fact]
    public void Joined_K6SamplesAndSummary_Agree()
    {
        const string Summary = """
            {"metrics": {"http_reqs": {"values": {"count": 3}}, "http_req_failed": {"values": {"passes": 2, "fails": 1}},
             "http_req_duration": {"values": {"avg": 116.83333333333333, "med": 100, "max": 250.5, "p(90)": 220.4}},
             "http_req_duration{expected_response:true}": {"values": {"avg": 100, "max": 100}}}}
            """;
        var (points, summary) = (ResultFileTests.Of(Points), ResultFileTests.Of(Summary));
        var run = ResultReading.Joined(ResultReading.Read(points)[0], ResultReading.Read(summary)[0], "s");

        var facts = ImportFolder.Facts(run, [points, summary]);

        Assert.Equal(8, facts.Figures.Count);
        Assert.All(facts.Figures, figure => Assert.True(figure.Agrees && figure.Recomputed is not null, $"{figure.Key}: {figure.Value} and {figure.Recomputed}"));
    }

    [Theory]
    [InlineData("\"value\":100,", "\"value\":-1,", "data.value")]
    [InlineData("2026-05-09T14:34:45.300Z", "yesterday", "is no instant")]
    public void Read_K6PointsThatAreNone_NamesTheLine(string good, string bad, string part)
    {
        var problem = Assert.Throws<ImportException>(() => ResultReading.Read(ResultFileTests.Of(Points.Replace(good, bad, StringComparison.Ordinal))));

        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Type,Name,Request Count,Failure Count,Median Response Time,50%\r\r\nGET,/a,5,1,3,3\r\r\n,Aggregated,6,1,3,3\r\r\n", "f:3: Request Count '6' is not the 5")]
    [InlineData("Type,Name,Request Count,Failure Count,Median Response Time,50%\r\r\nGET,/a,x,1,3,3\r\r\n", "f:2: Request Count 'x'")]
    [InlineData("test_suite,scenario,duration,step_name,request_count,ok,failed,rps,min,mean,max,50_percent,75_percent,95_percent,99_percent,std_dev\na,b,00:01:00,s,5,3,1,1,1,1,1,1,1,1,1,1", "f:2: request_count '5' is not 3 ok and 1 failed")]
    [InlineData("test info\n\nscenario: s\n| name | global |\n| request count | all = 5, ok = many, RPS = 1 |\n", "f:5: 'many' is no number")]
    [InlineData("test info\n\nscenario: s\n| name | global |\n", "f:3: the scenario has no whole table")]
    [InlineData("{\"Regressions\": [{\"CurrentResult\": {\"Document\": \"{\\\"jobs\\\": \"}}]}", "$.Regressions[0].CurrentResult.Document")]
    [InlineData("{\"Regressions\": [{\"CurrentResult\": {\"Document\": \"{\\\"jobs\\\": {\\\"db\\\": {}}}\"}}]}", "none of them made the load")]
    [InlineData("#[x]\n\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n0.1,1.0,2.0,HISTF\n", "f:3:")]
    [InlineData("       Value     Percentile TotalCount 1/(1-Percentile)\n\n 1.0 2.0 3\n", "f:3:")]
    public void Read_BrokenFile_SaysWhere(string text, string part)
    {
        var problem = Assert.Throws<ImportException>(() => ResultReading.Read(new ResultFile("f", Encoding.UTF8.GetBytes(text))));

        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    private static (ResultFile File, IReadOnlyList<ImportedRun> Runs) Read(string path)
    {
        var file = new ResultFile(path, File.ReadAllBytes(path));
        return (file, ResultReading.Read(file));
    }

    private static HashSet<string> Figures(IReadOnlyList<ImportedRun> runs) =>
        [.. runs.SelectMany(run => run.Figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{run.Number} {figure.Definition} {figure.Statistic} {figure.Value:R}")))];
}
