using System.Globalization;
using System.Text;
using System.Xml;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// <c>junit.xml</c>: one test case for the verdict and one for each finding. What could not be decided is an error where it blocks the
/// promotion and skipped where it does not. The message stands in the element too, because GitLab shows only that.
/// </summary>
public sealed class JUnitReport : IReportWriter
{
    private enum Mark
    {
        Passed,
        Failed,
        Error,
        Skipped,
    }

    private sealed record Case(string Class, string Name, Mark Mark, string Type, string Message, string Output);

    public string FileName => "junit.xml";

    public string Render(RunReport run)
    {
        var cases = Unique([Verdict(run), .. run.Summary.Findings.Select(finding => Of(finding, run))]);
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n",
        }))
        {
            xml.WriteStartElement("testsuites");
            Attributes(xml, "chaosbench", cases, run);
            xml.WriteStartElement("testsuite");
            Attributes(xml, Clean(run.Summary.Scenario), cases, run);
            xml.WriteAttributeString(
                "timestamp", run.Measurements.Run.StartedUtc.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            Properties(xml, run);
            foreach (var one in cases)
            {
                Write(xml, one, run);
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static Case Verdict(RunReport run)
    {
        var mark = run.Summary.Verdict switch
        {
            RunVerdict.Pass => Mark.Passed,
            RunVerdict.Fail => Mark.Failed,
            RunVerdict.Inconclusive => Blocks(run) ? Mark.Error : Mark.Skipped,
            _ => Mark.Error,
        };
        var reasons = string.Join('\n', [run.Summary.Headline, .. run.Summary.Reasons, .. run.Summary.Policy is { } policy ? new[] { policy } : []]);
        return new Case("chaosbench", "verdict", mark, Kebab.Of(run.Summary.Verdict), run.Summary.Headline, reasons);
    }

    private static Case Of(Finding finding, RunReport run)
    {
        var decides = FindingKinds.Decides(finding.Kind);
        var mark = (finding.Verdict, finding.Kind) switch
        {
            (FindingVerdict.Pass, _) => Mark.Passed,
            (FindingVerdict.Fail, var kind) when FindingKinds.Fails(kind) => Mark.Failed,
            (FindingVerdict.Fail, FindingKinds.Precondition) => Blocks(run) ? Mark.Error : Mark.Skipped,
            (FindingVerdict.Inconclusive, _) when decides && Blocks(run) => Mark.Error,
            _ => Mark.Skipped,
        };
        var type = finding.Verdict == FindingVerdict.Inconclusive ? "inconclusive" : finding.ReasonCode;
        var numbers = string.Create(
            CultureInfo.InvariantCulture,
            $"reason={finding.ReasonCode} "
                + $"samples={finding.Samples}{Number("observed", finding.Observed)}"
                + $"{Number("low", finding.Interval?.Low)}{Number("high", finding.Interval?.High)}"
                + $"{Number("limit", finding.Limit)} unit={finding.Unit}");
        var name = $"{finding.Objective} [{finding.Phase}]";
        return new Case($"chaosbench.{finding.Kind}", name, mark, type, finding.Advice, $"{finding.Advice}\n{numbers}");
    }

    /// <summary>Only <c>--inconclusive warn</c> and <c>pass</c> let an undecided run through.</summary>
    private static bool Blocks(RunReport run) => run.Manifest.InconclusivePolicy is not ("warn" or "pass");

    private static string Number(string name, double? value) =>
        value is { } number ? string.Create(CultureInfo.InvariantCulture, $" {name}={number:R}") : "";

    /// <summary>Readers drop a second case of the same name.</summary>
    private static List<Case> Unique(IEnumerable<Case> cases)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. cases.Select(one =>
        {
            var key = $"{one.Class}\n{Clean(one.Name)}";
            seen[key] = seen.GetValueOrDefault(key) + 1;
            return seen[key] == 1 ? one : one with { Name = string.Create(CultureInfo.InvariantCulture, $"{one.Name} ({seen[key]})") };
        })];
    }

    private static void Attributes(XmlWriter xml, string name, List<Case> cases, RunReport run)
    {
        string Count(Mark mark) => cases.Count(one => one.Mark == mark).ToString(CultureInfo.InvariantCulture);
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("tests", cases.Count.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", Count(Mark.Failed));
        xml.WriteAttributeString("errors", Count(Mark.Error));
        xml.WriteAttributeString("skipped", Count(Mark.Skipped));
        xml.WriteAttributeString("time", Nanos.ToSeconds(run.Measurements.LastAt).ToString("0.###", CultureInfo.InvariantCulture));
    }

    private static void Properties(XmlWriter xml, RunReport run)
    {
        xml.WriteStartElement("properties");
        foreach (var (name, value) in new[]
        {
            ("seed", run.Summary.Seed.ToString(CultureInfo.InvariantCulture)),
            ("plan", run.Summary.PlanSha256),
            ("verdict", Kebab.Of(run.Summary.Verdict)),
            ("healed", Kebab.Of(run.Summary.Healed)),
            ("tool", run.Summary.ToolVersion),
        })
        {
            xml.WriteStartElement("property");
            xml.WriteAttributeString("name", name);
            xml.WriteAttributeString("value", Clean(value));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, Case one, RunReport run)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", one.Class);
        xml.WriteAttributeString("name", Clean(one.Name));
        xml.WriteAttributeString("time", "0");
        xml.WriteAttributeString("file", Clean(run.Manifest.ScenarioFile));
        if (one.Mark != Mark.Passed)
        {
            xml.WriteStartElement(one.Mark switch { Mark.Failed => "failure", Mark.Error => "error", _ => "skipped" });
            if (one.Mark != Mark.Skipped)
            {
                xml.WriteAttributeString("type", one.Type);
            }

            xml.WriteAttributeString("message", Clean(one.Message).ReplaceLineEndings(" "));
            xml.WriteString(Clean(one.Output));
            xml.WriteEndElement();
        }
        else
        {
            xml.WriteElementString("system-out", Clean(one.Output));
        }

        xml.WriteEndElement();
    }

    /// <summary>XML 1.0 has no way to write most control characters, lone surrogates, U+FFFE and U+FFFF; they become U+FFFD.</summary>
    private static string Clean(string hostile)
    {
        var text = new StringBuilder(hostile.Length);
        for (var at = 0; at < hostile.Length; at++)
        {
            if (at + 1 < hostile.Length && XmlConvert.IsXmlSurrogatePair(hostile[at + 1], hostile[at]))
            {
                text.Append(hostile[at]).Append(hostile[++at]);
            }
            else
            {
                text.Append(XmlConvert.IsXmlChar(hostile[at]) && hostile[at] != '\r' ? hostile[at] : '\uFFFD');
            }
        }

        return text.ToString();
    }
}
