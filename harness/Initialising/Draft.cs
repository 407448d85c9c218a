using System.Globalization;
using System.Text;

namespace ChaosBench.Harness.Initialising;

/// <summary>A scenario file to begin with, as text: short, commented, and valid as it stands.</summary>
internal static class Draft
{
    /// <param name="facts">What was found. Null: nobody asked.</param>
    /// <param name="settings">What the user said.</param>
    public static string OfEndpoint(EndpointFacts? facts, DraftSettings settings)
    {
        var text = Head(settings, facts?.Found ?? [("nothing", "it was not asked (--offline): look at every line")]);
        text.Append(CultureInfo.InvariantCulture, $"""
            targets:
              candidate:
                type: openai
                url: {Quoted(facts?.Url ?? settings.Of)}
                model: {Quoted(facts?.Model ?? settings.Model ?? "my-model")}{(facts is null && settings.Model is null ? " # the name that the endpoint knows it by" : "")}

            """);
        Line(text, settings.KeyVariable is { } key, $"    apiKey: \"${{{settings.KeyVariable}}}\" # taken from the environment when it runs; it stays out of every file");
        Line(text, facts?.IsCompletions == true, "    api: completions # it has no chat");
        Line(text, facts is { Streams: true, CountsUsage: false }, "    usage: none # it was asked for stream_options and counts nothing: tokens are then unknown, or counted with tokenizer: FOLDER");
        text.Append('\n');
        Rest(text, facts?.Streams ?? true, facts?.MetricsUrl);
        return text.ToString();
    }

    /// <param name="found">What lies in the folder, for people.</param>
    public static string OfModel(DraftSettings settings, IReadOnlyList<(string What, string Found)> found)
    {
        var text = Head(settings, found);
        text.Append(CultureInfo.InvariantCulture, $"""
            targets:
              candidate: # served inside the run's own process
                type: onnx
                model: {Quoted(settings.Of)}
                replicas: 1 # more of them let node.kill and its like be tried


            """);
        Rest(text, streams: true, metricsUrl: null);
        return text.ToString();
    }

    private static StringBuilder Head(DraftSettings settings, IReadOnlyList<(string What, string Found)> found)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Written by 'chaosbench init' on {settings.Today:yyyy-MM-dd} for {Comment(settings.Of)}. What was found there:\n#\n");
        foreach (var (what, sentence) in found)
        {
            text.Append(CultureInfo.InvariantCulture, $"#   {what,-12} {Comment(sentence)}\n");
        }

        var grants = $"{(settings.Host is null ? "" : $" --allow-host {settings.Host}")}{(settings.KeyVariable is null ? "" : $" --allow-env {settings.KeyVariable}")}";
        text.Append(CultureInfo.InvariantCulture, $"""
            #
            # See what would be sent, send nothing:  chaosbench plan {Comment(settings.File)}{Comment(grants)}
            # Send it, about 50 seconds:             chaosbench run {Comment(settings.File)}{Comment(grants)}
            # Editors complete the keys after 'chaosbench schema > scenario.schema.json' and with this line:
            # yaml-language-server: $schema=scenario.schema.json
            version: 1
            seed: {settings.Today:yyyyMMdd} # one seed fixes prompts, arrival times and every victim of a fault


            """);
        return text;
    }

    private static void Rest(StringBuilder text, bool streams, string? metricsUrl)
    {
        text.Append(CultureInfo.InvariantCulture, $$"""
            prompts:
              questions: # made up from the seed. Better: questions: my-prompts.jsonl with {"prompt": "...", "expected": "..."} a line
                generated: support-ticket
                locales: [en]

            scenarios:
              - name: first-look
                workload: 2/s # an open Poisson workload: questions come whether or not the last one was answered
                mix:
                  - { prompts: questions, maxTokens: 32, temperature: 0, stream: {{(streams ? "true" : "false")}} }
                phases: { warmUp: 3s, baseline: 45s }
                objectives: { e2e: 10s } # what a good answer is: put in what your users stand
                gates: # without gates a run reports and passes
                  - "p95 e2e < 10s"
                  - { guard: "error_rate <= 5%" }
                  # - "accuracy >= 90%" # with expected answers and grade: in the mix

            """);
        Line(text, metricsUrl is not null, $"    telemetry: {{ scrape: {Quoted(metricsUrl ?? "")} }} # the server's own figures, beside what its clients saw");
        text.Append("""

              # Break something, and say how it shall recover ('chaosbench faults list' has them all):
              #
              # - name: slow-and-refused
              #   workload: 2/s
              #   mix: [{ prompts: questions, maxTokens: 32, stream: true }]
              #   phases: { warmUp: 3s, baseline: 20s, fault: 15s, recovery: 20s }
              #   faults:
              #     - { fault: http.429, share: 20% }
              #   gates: ["p95 e2e < 10s in baseline", "residual_recovery <= 10s"]

            """);
    }

    private static void Line(StringBuilder text, bool isThere, string line)
    {
        if (isThere)
        {
            text.Append(line).Append('\n');
        }
    }

    /// <summary>A comment ends with its line, whatever a server called its model.</summary>
    private static string Comment(string text) => Printable.Line(text, 400);

    /// <summary>In double quotes as YAML reads them; what is not plain ASCII by its number.</summary>
    internal static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value is '"' or '\\' ? $"\\{(char)rune.Value}"
                : rune.Value is >= 0x20 and < 0x7F ? ((char)rune.Value).ToString()
                : string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"));
        }

        return quoted.Append('"').ToString();
    }
}

/// <param name="Of">URL or folder.</param>
/// <param name="File">Name of the file that is written, for the commands in it.</param>
internal sealed record DraftSettings(string Of, string File, DateOnly Today)
{
    /// <summary>As the user named it. Null: not named.</summary>
    public string? Model { get; init; }

    /// <summary>Environment variable of the key. Null: there is none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>What a run must be allowed to reach. Null: it is this machine.</summary>
    public string? Host { get; init; }
}
