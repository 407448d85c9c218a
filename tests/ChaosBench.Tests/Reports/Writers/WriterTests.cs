using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using System.Xml.Schema;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Reports.Writers;

public sealed partial class WriterTests
{
    private const string Hostile = "|`<script>alert(1)</script>[x](http://evil.example) @everyone #1 \u202e\0\u0001\ud800\uffff]]>--> ${x}\r\n| a | b |";

    /// <summary>A broken gate, one that held and one that is unclear; a fault with everything about it.</summary>
    private static RunReport Report(string? policy = null, string name = "steady", string reason = "it broke")
    {
        var run = Some.Run("error_rate <= 1%", "p99 ttft < 0.8", "p99.9 ttft < 0.8") with
        {
            Scenario = name, Faults = [Some.Fault() with { DetectedWithin = 2, RecoveredWithin = 10 }],
        };
        var requests = Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, at is >= 22 and < 26 ? Outcome.Failed : Outcome.Completed)
            with { Reason = at is >= 22 and < 26 ? reason : null });
        return Of(run, policy, requests, Some.Broken(), [Some.Noticed(20.5), new JournalEvent.Note { At = Some.S(25), Text = reason }]);
    }

    private static RunReport Of(JournalEvent.RunStarted run, string? policy, params IEnumerable<JournalEvent>[] parts)
    {
        List<JournalEvent> journal = [run, .. parts.SelectMany(part => part)];
        var measurements = Some.Fold(run, parts);
        var facts = new RunFacts { Inconclusive = policy == "warn" ? InconclusivePolicy.Warn : InconclusivePolicy.Keep };
        return new RunReport(Some.Manifest(run.Scenario, policy), measurements, Judge.Decide(measurements, facts), journal);
    }

    [Theory]
    [InlineData("report.md")]
    [InlineData("junit.xml")]
    [InlineData("postmortem.md")]
    [InlineData("summary.json")]
    public void Render_FixedRun_IsTheApprovedText(string file)
    {
        var text = RunFolder.Writers.Single(writer => writer.FileName == file).Render(Report())!;

        Golden.Check(Path.Combine("Reports", "Writers", "Golden", file), text);
    }

    [Fact]
    public void Render_HostileNames_LeaveTheXmlWellFormed()
    {
        var xml = XDocument.Parse(new JUnitReport().Render(Report(name: Hostile, reason: Hostile)));

        var suite = xml.Root!.Element("testsuite")!;
        Assert.Contains("<script>", suite.Attribute("name")!.Value, StringComparison.Ordinal);
        Assert.Equal(suite.Elements("testcase").Count(), (int)suite.Attribute("tests")!);
    }

    [Theory]
    [InlineData("steady")]
    [InlineData(Hostile)]
    public void Render_AnyName_IsJUnitByItsSchema(string name)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add("", Support.Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "junit", "junit.xsd"));
        var problems = new List<string>();

        XDocument.Parse(new JUnitReport().Render(Report(name: name, reason: name))).Validate(schemas, (_, problem) => problems.Add(problem.Message));

        Assert.Empty(problems);
    }

    /// <summary>Jenkins' schema knows less than its reader does: these three are the whole difference.</summary>
    [Theory]
    [InlineData("steady")]
    [InlineData(Hostile)]
    public void Render_AnyName_IsJUnitByJenkinsSchemaButForThreeAttributesThatOthersRead(string name)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add("", Support.Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "junit", "jenkins-junit.xsd"));
        var report = Report(name: name, reason: name);
        var undecided = report.Summary.Findings[0] with { Verdict = FindingVerdict.Inconclusive, Kind = FindingKinds.Info };
        var xml = XDocument.Parse(new JUnitReport().Render(report with { Summary = report.Summary with { Findings = [.. report.Summary.Findings, undecided] } }));
        (string Element, string Attribute)[] extras = [("testcase", "file"), ("skipped", "message"), ("testsuites", "skipped")];
        foreach (var left in extras)
        {
            Assert.NotEmpty(Problems(extras.Where(extra => extra != left)));
        }

        Assert.Empty(Problems(extras));

        List<string> Problems(IEnumerable<(string Element, string Attribute)> without)
        {
            var copy = new XDocument(xml);
            foreach (var (element, attribute) in without)
            {
                copy.Descendants(element).Attributes(attribute).Remove();
            }

            var problems = new List<string>();
            copy.Validate(schemas, (_, problem) => problems.Add(problem.Message));
            return problems;
        }
    }

    [Fact]
    public void Render_ThousandsOfLongFindings_StillFitIntoACommentWithTheVerdictFirst()
    {
        var report = Report(name: Hostile, reason: Hostile);
        var one = report.Summary.Findings[0] with { Objective = string.Concat(Enumerable.Repeat(Hostile, 200)), Advice = string.Concat(Enumerable.Repeat("<b>*", 2000)) };
        var text = new MarkdownReport().Render(report with
        {
            Summary = report.Summary with { Findings = [.. Enumerable.Repeat(one, 3000)], Reasons = [.. Enumerable.Repeat(one.Advice, 500)] },
        });

        Assert.InRange(text.Length, 1, MarkdownReport.MostCharacters);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(text), 1, 900_000);
        Assert.Contains("## FAIL", text[..200], StringComparison.Ordinal);
        Assert.Contains("Left out for its length: the findings", text, StringComparison.Ordinal);
        Assert.Equal(0, text.Split('\n').Count(line => line.StartsWith("```", StringComparison.Ordinal)) % 2);
        Assert.Equal(Regex.Count(text, "<details>"), Regex.Count(text, "</details>"));
    }

    [Fact]
    public void Render_AnyText_LeavesTheXmlWellFormed() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll<string>(text =>
            XDocument.Parse(new JUnitReport().Render(Report(name: text ?? "", reason: text ?? ""))).Root is not null));

    [Fact]
    public void Render_HostileNames_LeaveTheMarkdownHarmless()
    {
        IReportWriter[] writers = [new MarkdownReport(), new PostmortemReport()];
        foreach (var (writer, hostile) in writers.SelectMany(writer => Html.HostileText.Each().Append(Hostile).Select(hostile => (writer, hostile))))
        {
            var text = writer.Render(Report(name: hostile, reason: hostile))!;
            var prose = CodeSpan().Replace(Fence().Replace(text, "code"), "`code`");

            Assert.DoesNotContain("<script", prose, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("http://", prose, StringComparison.Ordinal);
            Assert.DoesNotContain("@everyone", prose, StringComparison.Ordinal);
            Assert.DoesNotContain("[x](", prose, StringComparison.Ordinal);
            Assert.Equal(0, text.Split('\n').Count(line => line.StartsWith("```", StringComparison.Ordinal)) % 2);
            Assert.DoesNotContain('\u202e', text);
            Assert.DoesNotContain('\0', text);
            Assert.DoesNotContain('\r', text);
            foreach (var table in Tables(text))
            {
                Assert.Single(table.Select(Columns).Distinct());
            }
        }
    }

    [Fact]
    public void Render_HostileScenario_KeepsTheMarkerAComment()
    {
        var first = new MarkdownReport().Render(Report(name: Hostile)).Split('\n')[0];

        Assert.Matches("^<!-- chaosbench-report [A-Za-z0-9._-]* -->$", first);
        Assert.Equal(MarkdownReport.Marker(Hostile), first);
    }

    [Theory]
    [InlineData(null, "error")]
    [InlineData("fail", "error")]
    [InlineData("warn", "skipped")]
    [InlineData("pass", "skipped")]
    public void Render_InconclusiveGate_BlocksUnlessThePolicyLetsItThrough(string? policy, string element)
    {
        var xml = XDocument.Parse(new JUnitReport().Render(Of(Some.Run("accuracy >= 95%"), policy, Some.Requests(60))));

        var gate = xml.Descendants("testcase").Single(one => (string?)one.Attribute("classname") == "chaosbench.gate");
        Assert.Equal(element, gate.Elements().Single().Name.LocalName);
        Assert.NotEmpty(gate.Elements().Single().Value);
    }

    [Fact]
    public void Render_SameObjectiveTwice_HasTwoNames()
    {
        var xml = XDocument.Parse(new JUnitReport().Render(Of(Some.Run("p50 ttft < 1", "p50 ttft < 1"), null, Some.Requests(60))));

        var names = xml.Descendants("testcase").Select(one => $"{one.Attribute("classname")} {one.Attribute("name")}").ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void Render_NoFault_HasNoPostmortem() =>
        Assert.Null(new PostmortemReport().Render(Of(Some.Run(), null, Some.Requests(60))));

    [Fact]
    public void Render_Summary_UsesTheNamesOfTheContract()
    {
        using var json = JsonDocument.Parse(new SummaryJson().Render(Report()));
        var root = json.RootElement;

        Assert.Equal("fail", root.GetProperty("verdict").GetString());
        Assert.Equal(1, root.GetProperty("exitCode").GetInt32());
        Assert.Equal("verified", root.GetProperty("healed").GetString());
        var fault = root.GetProperty("targets").GetProperty(Some.Candidate).GetProperty("phases").GetProperty("fault").GetProperty("ttft");
        Assert.Equal("Infinity", fault.GetProperty("max").GetString());
        Assert.False(root.GetProperty("targets").GetProperty(Some.Candidate).GetProperty("phases").GetProperty("all").TryGetProperty("accuracy", out _));
        Assert.Equal(1200, root.GetProperty("counts").GetProperty("arrivals").GetInt32());
        var finding = root.GetProperty("findings")[0];
        Assert.Equal(
            [
                "objective", "kind", "phase", "target", "observed", "limit", "unit", "samples", "interval", "chance", "correctedChance",
                "verdict", "reasonCode", "advice",
            ],
            finding.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void Render_Summary_ReadsBackTheSame()
    {
        var summary = Report().Summary;

        var back = JsonSerializer.Deserialize<Summary>(RunFiles.ToJson(summary), Json.Document)!;

        Assert.Equal(RunFiles.ToJson(summary), RunFiles.ToJson(back));
    }

    private static IEnumerable<List<string>> Tables(string text)
    {
        var table = new List<string>();
        foreach (var line in text.Split('\n').Append(""))
        {
            if (line.StartsWith('|'))
            {
                table.Add(line);
            }
            else if (table.Count > 0)
            {
                yield return table;
                table = [];
            }
        }
    }

    private static int Columns(string row) => UnescapedPipe().Count(row);

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`[^`\n]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex UnescapedPipe();
}
