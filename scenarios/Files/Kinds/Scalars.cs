using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>The kinds of single values that keys are made from.</summary>
internal static partial class Scalars
{
    private const int LongestText = 2_000;

    public static Kind<TimeSpan> Duration { get; } = WithUnit("a duration", "800ms", UnitText.Duration, UnitText.DurationPattern);
    public static Kind<Rate> Rate { get; } = WithUnit("a rate", "40/s", UnitText.Rate, UnitText.RatePattern);

    /// <summary>A rate, or <c>0/s</c> for a pause.</summary>
    public static Kind<Rate> RateOrNone { get; } = new ScalarKind<Rate>(
        "a rate", "40/s", static scalar => scalar.Text == "0/s" ? new Rate(0) : UnitText.Rate(scalar.Text),
        static () => new JsonObject { ["type"] = "string", ["pattern"] = UnitText.RatePattern });

    public static Kind<Share> Share { get; } = WithUnit("a share", "30%", UnitText.Share, UnitText.SharePattern);
    public static Kind<string> Text { get; } = PlainText("text", "some words", null);
    public static Kind<string> Name { get; } = PlainText("a name", "steady-load", Names.Pattern);

    /// <summary>A duration above zero: a limit, a time-out.</summary>
    public static Kind<TimeSpan> Limit { get; } = new CheckedKind<TimeSpan, TimeSpan>(Duration, static (value, _, _) =>
        value > TimeSpan.Zero ? value : new Flaw("a limit of nothing", "write a duration above 0s"));

    public static Kind<bool> Bool { get; } = new ScalarKind<bool>("true or false", "true", static scalar => scalar switch
    {
        { Quoted: false, Text: "true" or "True" or "TRUE" } => true,
        { Quoted: false, Text: "false" or "False" or "FALSE" } => false,
        _ => new Flaw($"{Shown.Quoted(scalar.Text)} is neither true nor false", "write true or false, without quotes"),
    }, static () => new JsonObject { ["type"] = "boolean" });

    public static Kind<ulong> Seed { get; } = new ScalarKind<ulong>("a seed", "20261120", static scalar =>
        !scalar.Quoted && ulong.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : new Flaw($"{Shown.Quoted(scalar.Text)} is not a seed", $"write a whole number from 0 to {ulong.MaxValue}"),
        static () => new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = ulong.MaxValue });

    /// <summary>A file or folder, relative to the scenario file's folder (in <c>--set</c>: to the working directory).</summary>
    public static Kind<string> Path { get; } = new CheckedKind<string, string>(Text, static (text, node, reading) =>
    {
        var path = reading.Resolve(text, node.Place);
        return reading.Options.FileExists?.Invoke(path) ?? true
            ? path
            : new Flaw($"there is no file or folder {Shown.Quoted(path)}", node.Place.Override is null
                ? "paths are relative to the scenario file's folder"
                : "paths in --set are relative to the working directory");
    });

    /// <summary>Text that may hold <c>${NAME}</c>. It may be a secret, so messages never show it.</summary>
    public static Kind<Templated> Templated { get; } = new ScalarKind<Templated>("text", "\"${NAME}\"", static scalar =>
        IsTyped(scalar) ? NotText(scalar) : Template.Check(scalar.Text) is { } flaw ? flaw : new Templated(scalar.Text),
        static () => new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = LongestText });

    public static Kind<int> Count(int least, int most) => new ScalarKind<int>("a whole number", Invariant(least), scalar =>
        !scalar.Quoted && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
        && count >= least && count <= most
            ? count
            : NotANumber(scalar, "a whole number", least, most),
        () => new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most });

    public static Kind<long> LongCount(long least, long most) =>
        new ScalarKind<long>("a whole number", Invariant(least), scalar =>
        !scalar.Quoted && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
        && count >= least && count <= most
            ? count
            : NotANumber(scalar, "a whole number", least, most),
        () => new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most });

    public static Kind<double> Number(double least, double most) => new ScalarKind<double>("a number", Invariant(most), scalar =>
        !scalar.Quoted && DecimalNumber().IsMatch(scalar.Text)
        && double.TryParse(scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? number
            : NotANumber(scalar, "a number", least, most),
        () => new JsonObject { ["type"] = "number", ["minimum"] = least, ["maximum"] = most });

    /// <summary>One word of a closed set.</summary>
    public static Kind<T> Choice<T>(string noun, params (string Word, T Value)[] choices) =>
        new ScalarKind<T>(noun, choices[0].Word, scalar =>
    {
        var found = Array.FindIndex(choices, choice => choice.Word == scalar.Text);
        return found >= 0
            ? choices[found].Value
            : new Flaw($"{Shown.Quoted(scalar.Text)} is not {noun}",
                Nearest.Remedy(scalar.Text, [.. choices.Select(choice => choice.Word)]));
    }, () => Enum(choices.Select(choice => choice.Word)));

    /// <summary>One word of a catalogue that the reader is given.</summary>
    public static Kind<string> OneOf(string noun, Func<ReadOptions, IReadOnlyCollection<string>> known) =>
        new CheckedKind<string, string>(
            Name, (word, _, reading) => known(reading.Options) is var words && words.Contains(word)
                ? word
                : new Flaw($"there is no {noun} {Shown.Quoted(word)}", Nearest.Remedy(word, words)),
            options => Enum(known(options)));

    /// <summary>Text of a stated shape. Values that YAML reads as numbers, booleans or nothing need quotes.</summary>
    public static Kind<string> PlainText(string noun, string example, string? pattern) =>
        new ScalarKind<string>(noun, example, scalar =>
        IsTyped(scalar) ? NotText(scalar)
        : scalar.Text.Length is 0 or > LongestText
            ? new Flaw(FormattableString.Invariant($"{noun} of {scalar.Text.Length} characters"),
                $"write 1 to {LongestText} characters")
        : Template.Contains(scalar.Text)
            ? new Flaw("${...} is not substituted here",
                "only url, model, apiKey, headers and proxy of an openai target and postgres of a context store may name environment variables")
        : pattern is not null && !Names.IsMatch(scalar.Text, pattern)
            ? new Flaw($"{Shown.Quoted(scalar.Text)} is not {noun}", $"write it like {example}")
        : scalar.Text,
        () => pattern is null
            ? new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = LongestText }
            : new JsonObject { ["type"] = "string", ["pattern"] = pattern });

    private static JsonObject Enum(IEnumerable<string> words) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    private static ScalarKind<T> WithUnit<T>(string noun, string example, Func<string, Parsed<T>> parse, string pattern) =>
        new(noun, example, scalar => parse(scalar.Text), () => new JsonObject { ["type"] = "string", ["pattern"] = pattern });

    private static Flaw NotANumber<T>(Scalar scalar, string noun, T least, T most)
        where T : IFormattable => scalar.Quoted && DecimalNumber().IsMatch(scalar.Text)
        ? new Flaw($"{Shown.Quoted(scalar.Text)} is text because of its quotes", "write it without quotes")
        : new Flaw($"{Shown.Quoted(scalar.Text)} is not {noun} from {Invariant(least)} to {Invariant(most)}",
            $"write {noun} in that range, without a unit");

    private static Flaw NotText(Scalar scalar) =>
        new($"{Shown.Quoted(scalar.Text)} is not text to YAML", $"put it in quotes: \"{Shown.Plain(scalar.Text)}\"");

    /// <summary>What YAML 1.2 reads as a number or boolean when it stands without quotes.</summary>
    private static bool IsTyped(Scalar scalar) => !scalar.Quoted
        && (scalar.Text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE" || YamlNumber().IsMatch(scalar.Text));

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A-?[0-9]{1,15}(\.[0-9]{1,15})?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex DecimalNumber();

    [GeneratedRegex(
        @"\A([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex YamlNumber();
}
