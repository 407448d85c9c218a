using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>One line of <c>mix:</c>. Lists are swept: every combination is drawn with equal chance.</summary>
internal static class MixKeys
{
    private static readonly Key<PromptSet> Prompts = new(
        "prompts", new ReferenceTo<PromptSet>(static reading => reading.Prompts, "prompt set"), "Name of a prompt set.")
        { Required = true, Example = "tickets" };

    private static readonly Key<double> Weight = new(
        "weight", Scalars.Number(0.001, 1_000_000), "Share of the traffic, relative to the other lines.") { Default = "1" };

    private static readonly Key<IReadOnlyList<double>> Temperature = new(
        "temperature", new ListOf<double>(Scalars.Number(0, 2), "temperatures", 1, 20, orOne: true),
        "Sampling temperatures, 0 to 2; 0 is greedy.")
        { Default = "[0]", Example = "[0, 0.7]" };

    private static readonly Key<IReadOnlyList<int>> MaxTokens = new(
        "maxTokens", new ListOf<int>(Scalars.Count(1, 100_000), "values of maxTokens", 1, 20, orOne: true),
        "At most this many output tokens.")
        { Default = "[64]" };

    private static readonly Key<IReadOnlyList<bool>> Stream = new(
        "stream", new ListOf<bool>(Scalars.Bool, "values of stream", 1, 2, orOne: true), "Whether answers are streamed.")
        { Default = "[true]", Example = "[true, false]" };

    private static readonly Key<IReadOnlyList<int>> Batch = new(
        "batch", new ListOf<int>(Scalars.Count(1, 256), "batch sizes", 1, 20, orOne: true),
        "Requests that arrive together at one planned instant.")
        { Default = "[1]", Example = "[1, 8]" };

    private static readonly Key<PromptRole> Role = new(
        "role", Scalars.Choice("a role", ("traffic", PromptRole.Traffic), ("canary", PromptRole.Canary)),
        "canary: known answers, never chosen as a victim of a fault.") { Default = "traffic" };

    private static readonly Key<GraderKind> Grade = new(
        "grade", Scalars.Choice(
            "a grader", ("none", GraderKind.None), ("exact", GraderKind.Exact), ("contains", GraderKind.Contains),
            ("json-fields", GraderKind.JsonFields)),
        "How answers with an expected value are graded. Left out: json-fields when that is a JSON object, else exact.")
        { Example = "json-fields" };

    private static readonly Key<bool> AssertRows = new(
        "assertRows", Scalars.Bool, "Rows of the prompt file may carry an assert of their own, which must hold too.") { Default = "false" };

    public static Table<MixEntry> Table { get; } = new(
        "mixEntry", "a line of the mix", "Part of the traffic.",
        [Prompts, Weight, Temperature, MaxTokens, Stream, Batch, Role, Grade, AssertionKeys.Assert, AssertRows],
        keys => new MixEntry
        {
            Prompts = keys.Get(Prompts),
            Weight = keys.Get(Weight),
            Temperatures = keys.Get(Temperature),
            MaxTokens = keys.Get(MaxTokens),
            Stream = keys.Get(Stream),
            Batch = keys.Get(Batch),
            Role = keys.Get(Role),
            Grader = keys.Maybe(Grade),
            Assertions = keys.Get(AssertionKeys.Assert),
            AssertRows = keys.Get(AssertRows),
        });

    /// <summary>A bare name is a line with every default.</summary>
    public static Kind<MixEntry> Kind { get; } = new ShortOr<MixEntry>(
        new CheckedKind<PromptSet, MixEntry>(Prompts.Kind, static (set, _, _) => Of(set)), Table);

    public static MixEntry Of(PromptSet set) => new() { Prompts = set, Weight = 1 };
}
