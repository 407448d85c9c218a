using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Puts environment variables into <see cref="Templated"/> text, as far as the operator allows it. Everything written to
/// files keeps the unresolved form.
/// </summary>
/// <param name="allowed">Names from <c>--allow-env</c>.</param>
/// <param name="variables">The environment.</param>
public sealed class EnvironmentResolver(IReadOnlyCollection<string> allowed, IReadOnlyDictionary<string, string> variables)
{
    /// <summary>Variables that the selected scenarios need and cannot have, each at the key that names it.</summary>
    public IReadOnlyList<Problem> Missing(ReadResult read) =>
    [
        .. from text in SuiteTexts.Of(read.Suite)
           from name in Template.Variables(text.Text.Template)
           let flaw = FlawOf(name)
           where flaw is not null
           select read.At(text.Keys, flaw.Wrong, flaw.Right),
    ];

    /// <summary>The text with its variables filled in. A secret: never write it anywhere.</summary>
    /// <exception cref="InvalidOperationException">A variable is not allowed or not set; <see cref="Missing"/> says so
    /// beforehand.</exception>
    public string Resolve(Templated text) => Template.Substitute(text.Template, name =>
        FlawOf(name) is { } flaw ? throw new InvalidOperationException(flaw.Wrong) : variables[name]);

    /// <summary>Null when a variable is not allowed or not set.</summary>
    public string? TryResolve(Templated text) =>
        Template.Variables(text.Template).Any(name => FlawOf(name) is not null) ? null : Resolve(text);

    private Flaw? FlawOf(string name) =>
        !allowed.Contains(name) ? new Flaw($"the environment variable {name} is not allowed", $"run with --allow-env {name}")
        : !variables.TryGetValue(name, out var value)
            ? new Flaw($"the environment variable {name} is not set", $"set {name} before the run")
        : value.Length == 0 ? new Flaw($"the environment variable {name} is empty", $"set {name} before the run")
        : value.AsSpan().ContainsAny('\r', '\n', '\0')
            ? new Flaw($"the environment variable {name} has more than one line", $"set {name} to one line")
        : null;
}

/// <summary>A templated text and the keys that lead to it.</summary>
internal sealed record SuiteText(IReadOnlyList<string> Keys, Templated Text);

internal static class SuiteTexts
{
    /// <summary>Every templated text of the targets that the suite's scenarios use.</summary>
    public static IEnumerable<SuiteText> Of(Suite? suite) => TargetsOf(suite).SelectMany(target => target switch
    {
        Target.OpenAi remote => Of(remote),
        Target.Onnx served => Of(served),
        _ => throw new System.Diagnostics.UnreachableException(),
    });

    public static IEnumerable<Target> TargetsOf(Suite? suite) => (suite?.Scenarios ?? [])
        .SelectMany(scenario => new[] { scenario.Candidate, scenario.Baseline, scenario.Judge?.Target })
        .OfType<Target>()
        .DistinctBy(target => target.Name);

    public static IReadOnlyList<string> KeysOf(Target target, string key) => ["targets", target.Name, key];

    public static IReadOnlyList<string> StoreOf(Target target) => [.. KeysOf(target, "contextStore"), "postgres"];

    private static IEnumerable<SuiteText> Of(Target.Onnx target) =>
        target.ContextStore?.Postgres is { } store ? [new SuiteText(StoreOf(target), store)] : [];

    private static IEnumerable<SuiteText> Of(Target.OpenAi target)
    {
        yield return new SuiteText(KeysOf(target, "url"), target.Url);
        yield return new SuiteText(KeysOf(target, "model"), target.Model);
        if (target.ApiKey is { } apiKey)
        {
            yield return new SuiteText(KeysOf(target, "apiKey"), apiKey);
        }

        if (target.Proxy is { } proxy)
        {
            yield return new SuiteText(KeysOf(target, "proxy"), proxy);
        }

        foreach (var (name, value) in target.Headers)
        {
            yield return new SuiteText([.. KeysOf(target, "headers"), name], value);
        }
    }
}
