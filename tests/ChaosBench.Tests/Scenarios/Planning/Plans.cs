using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Planning;

/// <summary>Scenarios and plans for tests, with as little said as possible.</summary>
internal static class Plans
{
    public static readonly ArrivalProcess Poisson40 = new ArrivalProcess.Poisson(new Rate(40));

    public static Target Target(string name) => new Target.Onnx { Name = name, Model = "model" };

    public static PromptSet.Recorded Set(string name) => new() { Name = name, Path = name + ".jsonl" };

    public static MixEntry Entry(PromptSet set, double weight = 1) => new() { Prompts = set, Weight = weight };

    public static Scenario Scenario(Workload? workload = null, params MixEntry[] mix) => new()
    {
        Name = "test",
        Candidate = Target("candidate"),
        Workload = workload ?? new Workload.Open(Poisson40),
        Mix = mix.Length > 0 ? mix : [Entry(Set("tickets"))],
        Phases = new PhaseDurations(Seconds(5), Seconds(20), Seconds(20), Seconds(15)),
    };

    /// <summary>Sets a, b, c, ... and tickets, canaries with 50 prompts each.</summary>
    public static MemoryFiles Files()
    {
        var files = new MemoryFiles();
        foreach (var name in new[] { "tickets", "canaries", "a", "b", "c" })
        {
            files.With(name + ".jsonl", string.Concat(Enumerable.Range(0, 50).Select(
                row => $$$"""{"id":"{{{name}}}{{{row}}}","prompt":"My invoice {{{row}}} of {{{name}}} is wrong, please help","expected":"{\"intent\":\"billing\"}","tags":{"intent":"billing"} }""" + "\n")));
        }

        return files;
    }

    public static Plan Create(Scenario scenario, ulong seed = 1) => Planner.Create(scenario, seed, new PlanInputs(Files()));

    public static string Text(Plan plan)
    {
        using var text = new StringWriter();
        PlanText.Write(plan, text);
        return text.ToString();
    }

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
