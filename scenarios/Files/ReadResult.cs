using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>A suite, or every problem of the file at once.</summary>
public sealed record ReadResult
{
    internal ReadResult(string path, Suite? suite, IReadOnlyList<Problem> problems, Node? root)
    {
        Path = path;
        Suite = suite;
        Problems = problems;
        Root = root;
    }

    public string Path { get; }

    /// <summary>Null exactly when there are problems.</summary>
    public Suite? Suite { get; }

    /// <summary>In the order of the file; at most 100, the last then says so.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>The file after overrides; null when it could not be parsed.</summary>
    internal Node? Root { get; }

    /// <summary>A problem at a key under <c>select:</c> of a fault, which stands in a list of the file.</summary>
    internal Problem AtFault(Scenario scenario, Fault fault, string key, string wrong, string right)
    {
        var lines = ScenarioNode(scenario.Name)?.Find("faults") as ListNode;
        var number = scenario.Faults.TakeWhile(other => other.Id != fault.Id).Count();
        var line = lines is not null && number < lines.Items.Count ? lines.Items[number] as MapNode : null;
        var node = (line?.Find("select") as MapNode)?.Find(key) ?? line ?? Root;
        return Reading.Problem(Path, node?.Place ?? default, wrong, right);
    }

    internal Problem AtDetection(Scenario scenario, DetectionSource source, string wrong, string right)
    {
        var lines = ScenarioNode(scenario.Name)?.Find("detections") as ListNode;
        var number = scenario.Detections.TakeWhile(other => other.Name != source.Name).Count();
        var node = lines is not null && number < lines.Items.Count ? lines.Items[number] : Root;
        return Reading.Problem(Path, node?.Place ?? default, wrong, right);
    }

    internal Problem AtTelemetry(Scenario scenario, string wrong, string right) =>
        Reading.Problem(Path, (ScenarioNode(scenario.Name)?.Find("telemetry") ?? Root)?.Place ?? default, wrong, right);

    /// <summary>The scenario's keys: in the list of scenarios, or at the top of a file with one.</summary>
    private MapNode? ScenarioNode(string name) => (Root as MapNode)?.Find("scenarios") is ListNode many
        ? many.Items.OfType<MapNode>()
            .Where((one, number) => (one.Find("name") as Scalar)?.Text == name || (one.Find("name") is null && name == $"scenario-{number + 1}"))
            .FirstOrDefault()
        : Root as MapNode;

    /// <summary>A problem at the place of <paramref name="keys"/>, or of the nearest group of keys that exists.</summary>
    internal Problem At(IReadOnlyList<string> keys, string wrong, string right)
    {
        var node = Root;
        foreach (var key in keys)
        {
            if ((node as MapNode)?.Find(key) is not { } next)
            {
                break;
            }

            node = next;
        }

        return Reading.Problem(Path, node?.Place ?? default, wrong, right);
    }
}
