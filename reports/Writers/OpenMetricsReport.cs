using System.Globalization;
using System.Text;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// <c>metrics.txt</c> (OpenMetrics text 1.0): the figures of a run for Prometheus' text collector and for the metrics report of a
/// merge request, which compares two such files line by line: so the order is fixed and nothing in it is an instant.
/// </summary>
public sealed class OpenMetricsReport : IReportWriter
{
    private static readonly (string Quantile, Func<MetricSummary, double?> Of)[] Quantiles =
        [("0.5", metric => metric.P50), ("0.9", metric => metric.P90), ("0.95", metric => metric.P95), ("0.99", metric => metric.P99)];

    public string FileName => "metrics.txt";

    public string Render(RunReport run)
    {
        var text = new StringBuilder();
        var scenario = Label("scenario", run.Summary.Scenario);
        Family(text, "chaosbench_build", "info", "The tool that made this run.");
        text.Append($"chaosbench_build_info{{{Label("version", run.Summary.ToolVersion)}}} 1\n");
        Verdict(text, run.Summary, scenario);
        Findings(text, run.Summary, scenario);
        Family(text, "chaosbench_requests", "gauge", "Planned requests of the run by how they ended; arrivals are all of them.");
        foreach (var (outcome, count) in run.Summary.Counts)
        {
            Sample(text, "chaosbench_requests", $"{scenario},{Label("outcome", outcome)}", count);
        }

        Metrics(text, run.Summary, scenario);
        return text.Append("# EOF\n").ToString();
    }

    private static void Verdict(StringBuilder text, Summary summary, string scenario)
    {
        Family(text, "chaosbench_verdict", "stateset", "What was decided.");
        foreach (var verdict in Enum.GetValues<RunVerdict>())
        {
            Sample(text, "chaosbench_verdict", $"{scenario},{Label("chaosbench_verdict", Kebab.Of(verdict))}", summary.Verdict == verdict ? 1 : 0);
        }
    }

    private static void Findings(StringBuilder text, Summary summary, string scenario)
    {
        (string Name, string Help, Func<Finding, double?> Of)[] parts =
        [
            ("chaosbench_finding_observed", "What was seen, in the unit of the label.", finding => finding.Observed),
            ("chaosbench_finding_limit", "What was asked.", finding => finding.Limit),
            ("chaosbench_finding_lower", "Lower bound of the interval.", finding => finding.Interval?.Low),
            ("chaosbench_finding_upper", "Upper bound of the interval.", finding => finding.Interval?.High),
            ("chaosbench_finding_held", "1 held, 0 broken; undecided ones are absent.", finding => finding.Verdict switch
            {
                FindingVerdict.Pass => 1,
                FindingVerdict.Fail => 0,
                _ => null,
            }),
        ];
        // One sample a name and label set: a reader refuses the file otherwise.
        var distinct = summary.Findings.DistinctBy(finding => (finding.Kind, finding.Objective, finding.Phase, finding.Target)).ToList();
        foreach (var (name, help, of) in parts)
        {
            Family(text, name, "gauge", help);
            foreach (var finding in distinct)
            {
                if (of(finding) is { } value)
                {
                    Sample(text, name, string.Join(',', scenario, Label("kind", finding.Kind), Label("objective", finding.Objective),
                        Label("phase", finding.Phase), Label("target", finding.Target), Label("unit", finding.Unit)), value);
                }
            }
        }
    }

    private static void Metrics(StringBuilder text, Summary summary, string scenario)
    {
        var all = summary.Targets.SelectMany(target => target.Value.Phases.SelectMany(phase => phase.Value.Select(metric => (
            metric.Key, Labels: $"{scenario},{Label("target", target.Key)},{Label("phase", phase.Key)}", metric.Value))));
        foreach (var group in all.GroupBy(one => one.Key).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var unit = group.First().Value.Unit;
            var name = $"chaosbench_{group.Key}{(unit == "s" ? "_seconds" : unit == "/s" ? "_per_second" : unit == "share" ? "_ratio" : "")}";
            Family(text, name, "gauge", $"{group.Key} as docs/metrics.md defines it.");
            foreach (var (_, labels, metric) in group)
            {
                Whole(text, name, labels, metric);
            }
        }
    }

    private static void Whole(StringBuilder text, string name, string labels, MetricSummary metric)
    {
        if (metric.Value is { } value)
        {
            Sample(text, name, labels, value);
        }

        foreach (var (quantile, of) in Quantiles)
        {
            if (of(metric) is { } at)
            {
                Sample(text, name, $"{labels},{Label("quantile", quantile)}", at);
            }
        }
    }

    private static void Family(StringBuilder text, string name, string type, string help) =>
        text.Append($"# TYPE {name} {type}\n# HELP {name} {help}\n");

    private static void Sample(StringBuilder text, string name, string labels, double value)
    {
        var number = double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
            : value.ToString("R", CultureInfo.InvariantCulture);
        text.Append($"{name}{{{labels}}} {number}\n");
    }

    private static string Label(string name, string hostile) =>
        $"{name}=\"{SafeText.Visible(hostile, 200).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
