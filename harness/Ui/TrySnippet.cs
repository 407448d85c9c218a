using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Ui;

/// <summary>A find, to be kept: the prompt as it was sent, for a file of prompts, and a scenario that asks it and damages others alike.</summary>
/// <param name="Line">One line of JSON for <c>found.jsonl</c>.</param>
/// <param name="Yaml">To be put into the scenario file.</param>
internal sealed record TrySnippet(string Line, string Yaml)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Default };

    public static TrySnippet Of(TryModels models, TryAsk ask, Arrival asked)
    {
        var scenario = models.Scenario;
        var targets = scenario.Baseline is { } baseline
            ? $"{{ baseline: {Quoted(baseline.Name)}, candidate: {Quoted(scenario.Candidate.Name)} }}" : $"{{ candidate: {Quoted(scenario.Candidate.Name)} }}";
        var mix = string.Create(CultureInfo.InvariantCulture, $"temperature: {ask.Temperature:0.##}, maxTokens: {ask.MaxTokens}");
        var faults = ask.FaultLines().ToList();
        string[] lines =
        [
            "# Under prompts: the line above, in a file found.jsonl beside the scenario file. It is damaged already.",
            "  found: found.jsonl",
            "# Under scenarios:",
            "  - name: found-by-hand",
            $"    targets: {targets}",
            "    workload: { open: { rate: 5/s } }",
            $"    mix: [{{ prompts: found, {mix} }}]",
            "    phases: { baseline: 20s }",
            .. faults.Count == 0 ? [] : new[] { "# The same kind and strength of damage for other prompts, in a scenario with a fault phase:", "    faults:" },
            .. faults.Select(line => "      " + line),
        ];
        return new TrySnippet(
            JsonSerializer.Serialize(new { messages = asked.Prompt.Messages.Select(message => new { role = message.Role, content = message.Content }) }, Json),
            string.Join('\n', lines) + "\n");
    }

    /// <summary>JSON strings are YAML strings.</summary>
    private static string Quoted(string name) => JsonSerializer.Serialize(name, Json);
}
