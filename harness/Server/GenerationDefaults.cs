using ChaosBench.Server.Models;

namespace ChaosBench.Server;

/// <summary>
/// What a request that does not say is sampled with: OpenAI's values, or those of the model's <c>generation_config.json</c>. As in
/// vLLM, <c>do_sample</c> and the file's other keys have no effect here.
/// </summary>
public sealed record GenerationDefaults
{
    private const string File = "generation_config.json";

    /// <summary>OpenAI's: temperature 1, no filters, no penalty.</summary>
    public static GenerationDefaults OpenAi { get; } = new();

    public double Temperature { get; init; } = 1;

    public double TopP { get; init; } = 1;

    public int TopK { get; init; }

    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Null: 16 for completions, as many as the context holds for chat.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Those that are not OpenAI's, for people; "" when all are.</summary>
    public override string ToString() => string.Join(", ", new[]
    {
        Said("temperature", Temperature, 1), Said("top_p", TopP, 1), Said("top_k", TopK, 0),
        Said("repetition_penalty", RepetitionPenalty, 1), Said("max_new_tokens", MaxTokens ?? 0, 0),
    }.OfType<string>());

    /// <summary>OpenAI's where the folder has no such file or the file does not say.</summary>
    /// <exception cref="ModelLoadException">A value is of another type or out of the range that requests have.</exception>
    internal static GenerationDefaults Read(string folder)
    {
        var place = Path.Combine(folder, File);
        if (!Path.Exists(place))
        {
            return OpenAi;
        }

        var file = JsonFile.Parse(place, JsonFile.ReadBytes(place, "the sampling defaults"));
        var defaults = new GenerationDefaults
        {
            Temperature = Number("temperature") ?? OpenAi.Temperature,
            TopP = Number("top_p") ?? OpenAi.TopP,
            // -1 is how some write "all".
            TopK = Whole("top_k") is { } count && count != -1 ? count : OpenAi.TopK,
            RepetitionPenalty = Number("repetition_penalty") ?? OpenAi.RepetitionPenalty,
            MaxTokens = Whole("max_new_tokens"),
        };
        if (RequestLimits.CheckParameters(defaults.Of(SamplingFields.All, Blank)) is { } wrong)
        {
            var key = wrong.Parameter == "max_tokens" ? "max_new_tokens" : wrong.Parameter;
            throw file.Find(key).Wrong($"{wrong.Problem}; correct it, or leave the file's defaults out with --generation-config none");
        }

        return defaults;

        double? Number(string key) => file.Find(key) is { IsNull: false } found ? found.Number() : null;

        int? Whole(string key) => file.Find(key) is { IsNull: false } found ? found.Integer() : null;
    }

    /// <summary>The request with these values for what it left open.</summary>
    public GenerationRequest Of(SamplingFields open, GenerationRequest request) => request with
    {
        Temperature = open.HasFlag(SamplingFields.Temperature) ? Temperature : request.Temperature,
        TopP = open.HasFlag(SamplingFields.TopP) ? TopP : request.TopP,
        TopK = open.HasFlag(SamplingFields.TopK) ? TopK : request.TopK,
        RepetitionPenalty = open.HasFlag(SamplingFields.RepetitionPenalty) ? RepetitionPenalty : request.RepetitionPenalty,
        MaxTokens = open.HasFlag(SamplingFields.MaxTokens) ? MaxTokens ?? request.MaxTokens : request.MaxTokens,
    };

    private static GenerationRequest Blank { get; } = new() { RequestId = "", Messages = [], MaxTokens = 1 };

    private static string? Said(string name, double value, double usual) =>
        value == usual ? null : FormattableString.Invariant($"{name} {value}");
}

/// <summary>What a request may leave to the defaults.</summary>
[Flags]
public enum SamplingFields
{
    None = 0,
    Temperature = 1,
    TopP = 2,
    TopK = 4,
    RepetitionPenalty = 8,
    MaxTokens = 16,
    All = Temperature | TopP | TopK | RepetitionPenalty | MaxTokens,
}

/// <summary>Whether the model's <c>generation_config.json</c> says what requests leave open.</summary>
public enum GenerationConfig
{
    Auto,
    None,
}
