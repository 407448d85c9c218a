using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Scenarios.Files;

/// <summary>What the reader must know beside the file.</summary>
public sealed record ReadOptions
{
    /// <summary>The fault catalogue, which this project cannot see.</summary>
    public IReadOnlyList<FaultKind> Faults { get; init; } = [];

    /// <summary>Names allowed under <c>adversarial:</c>.</summary>
    public IReadOnlyCollection<string> Mutators { get; init; } = MutatorCatalogue.Names;

    /// <summary>Names allowed under <c>generated:</c>.</summary>
    public IReadOnlyCollection<string> Generators { get; init; } = PromptSets.Generators;

    /// <summary>Names allowed under <c>locales:</c>.</summary>
    public IReadOnlyCollection<string> Locales { get; init; } = PromptSets.Locales;

    /// <summary><c>--set</c>, applied in order before anything is typed.</summary>
    public IReadOnlyList<SettingOverride> Overrides { get; init; } = [];

    /// <summary><c>--scenario</c>, by name. Empty: all. Scenarios that are not selected are checked but not returned.</summary>
    public IReadOnlyList<string> SelectedScenarios { get; init; } = [];

    /// <summary><c>--seed</c>: replaces the file's.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Whether a file or folder is there, by the path that the records will hold. Null: not checked.</summary>
    public Func<string, bool>? FileExists { get; init; }

    /// <summary>Reads a JSON Schema by its path; throws <see cref="FormatException"/> saying what is wrong. Null: schemas are not read.</summary>
    public Func<string, JsonRule>? ReadJsonSchema { get; init; }
}

/// <summary>One <c>--set path=value</c>. The value is YAML, as it would be written in the file.</summary>
/// <param name="Path">
/// Keys joined by dots, list places in brackets: <c>scenarios[0].phases.fault</c>; items of a list may also be named:
/// <c>scenarios.steady.drain</c>. <c>targets.candidate</c> and <c>targets.baseline</c> also mean the target in that role.
/// </param>
public sealed record SettingOverride(string Path, string Value)
{
    /// <summary>Null when there is no <c>=</c> after a path.</summary>
    public static SettingOverride? Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals <= 0 ? null : new SettingOverride(text[..equals].Trim(), text[(equals + 1)..]);
    }
}
