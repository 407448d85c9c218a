using ChaosBench.Engine;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>One line every five seconds: for logs and CI.</summary>
internal sealed class PlainWatcher(TextWriter output) : IRunWatcher
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private TimeSpan _next = Every;
    private string _name = "";

    public void Started(Plan plan, string folder)
    {
        _name = Printable.Line(plan.Scenario.Name, 60);
        _next = Every;
        output.WriteLine($"{_name}: {RunWords.Describe(plan)}");
        output.WriteLine($"{_name}: writing {folder}");
    }

    public void Report(RunProgress value)
    {
        if (value.Elapsed < _next)
        {
            return;
        }

        _next = value.Elapsed + Every;
        output.WriteLine($"{_name}: {RunWords.Describe(value)}");
    }

    public void Tell(string line) => output.WriteLine($"{_name}: {line}");

    public void Ended(Summary summary, string folder)
    {
        output.WriteLine($"{_name}: {RunWords.Verdict(summary)}");
        output.WriteLine($"{_name}: {Path.Combine(folder, "report.html")}");
    }
}
