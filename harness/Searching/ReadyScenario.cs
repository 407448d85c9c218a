using System.Globalization;
using System.Text;
using System.Text.Json;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Searching;

/// <summary>A scenario file that asks the finds and their clean twins, one after the other, until the weakness is gone.</summary>
internal static class ReadyScenario
{
    public static string Of(string folder, SearchSettings settings, IReadOnlyList<Find> finds)
    {
        var sample = finds[0].Minimal.Specimen.Parent.Sample;
        var target = settings.Plan.Scenario.Candidate;
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        Line($"# Worst cases for {settings.Goal.ToString().ToLowerInvariant()} that chaosbench search found, each beside its clean twin (tags find, variant).");
        Line("# Measured again:  chaosbench run worst.yaml      Keep it: a gate that holds says that the weakness is gone.");
        Line("version: 1");
        Line(FormattableString.Invariant($"seed: {settings.Seed}"));
        Line("targets:");
        Line($"  candidate: {Target(target, folder)}");
        Line("prompts:");
        Line($"  worst: {SearchFiles.Corpus}");
        Line("scenarios:");
        Line($"  - name: worst-{settings.Goal.ToString().ToLowerInvariant()}");
        Line("    workload: { closed: { clients: 1 } }");
        Line(FormattableString.Invariant($"    mix: [{{ prompts: worst, temperature: {sample.Sampling.Temperature}, maxTokens: {sample.Sampling.MaxTokens}, stream: {(sample.Sampling.Stream ? "true" : "false")}{Grade(sample.Cohort.Grader)} }}]"));
        Line("    phases: { warmUp: 1s, baseline: 20s }");
        Line("    gates:");
        foreach (var gate in Gates(settings.Goal, sample.Cohort.Grader, finds))
        {
            Line($"      - {gate}");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Gates(SearchGoal goal, GraderKind grader, IReadOnlyList<Find> finds)
    {
        if (goal == SearchGoal.Latency)
        {
            foreach (var find in finds)
            {
                // Half way, on a scale of ratios: the clean twin is below, the find is above. Of this machine, so it decides nothing.
                var between = Math.Sqrt(find.Effect.Clean * (find.Effect.Worst ?? find.Effect.Clean * 10)) * 1_000;
                yield return string.Create(CultureInfo.InvariantCulture, $"{{ info: \"p50 e2e < {between:0.###}ms for find={find.Id},variant=worst\" }}");
            }
        }
        else if (grader == GraderKind.None)
        {
            yield return "{ info: \"error_rate <= 1%\" } # nothing here says what a right answer is: chaosbench search --replay compares with the clean twin";
        }
        else
        {
            yield return "\"accuracy >= 90% for variant=clean\"";
            yield return "\"accuracy >= 90% for variant=worst\" # broken as long as the weakness is there";
        }
    }

    private static string Grade(GraderKind grader) => grader switch
    {
        GraderKind.None => "",
        GraderKind.Exact => ", grade: exact",
        GraderKind.Contains => ", grade: contains",
        GraderKind.JsonFields => ", grade: json-fields",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Paths in a scenario file start at its folder. Environment variables stay as they are written.</summary>
    private static string Target(Target target, string folder) => target switch
    {
        Target.Onnx onnx => FormattableString.Invariant(
            $"{{ type: onnx, model: {Quoted(Path.GetRelativePath(folder, onnx.Model))}, replicas: {onnx.Replicas}, device: {Quoted(onnx.Device)} }}"),
        Target.OpenAi remote => $"{{ type: openai, url: {Quoted(remote.Url.Template)}, model: {Quoted(remote.Model.Template)}"
            + (remote.ApiKey is { } key ? $", apiKey: {Quoted(key.Template)}" : "") + " }",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A JSON string is a YAML string.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
