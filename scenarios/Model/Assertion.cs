using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChaosBench.Scenarios.Model;

/// <summary>Something that must hold of an answer. A closed set.</summary>
public abstract record Assertion
{
    private Assertion() { }

    /// <summary>The metric that its scores make.</summary>
    public abstract MetricId Metric { get; }

    /// <summary>As it would be written, <c>refusal: never</c>. Two assertions with one text ask the same.</summary>
    public abstract string Text { get; }

    /// <summary>It compares with the expected answer, so it says nothing where there is none.</summary>
    public virtual bool Compares => false;

    public override string ToString() => Text;

    /// <param name="Pattern">Linear in the input, or with a time-out.</param>
    /// <param name="Wanted">False: the answer must not match.</param>
    public sealed record Matches(Regex Pattern, bool Wanted) : Assertion
    {
        public override MetricId Metric => MetricId.RegexRight;
        public override string Text => $"{(Wanted ? "regex" : "notRegex")}: {Pattern}";
    }

    /// <summary>The whole answer is one JSON value that the schema allows.</summary>
    /// <param name="Rule">Null where schemas are not read: nothing can be graded then.</param>
    public sealed record HasSchema(string Path, JsonRule? Rule) : Assertion
    {
        public override MetricId Metric => MetricId.SchemaRight;
        public override string Text => $"jsonSchema: {Path}{(Rule is null ? "" : $" ({Rule.Sha256[..12]})")}";
    }

    /// <summary>The last number of the answer is within a tolerance of the last number of the expected one.</summary>
    public sealed record Near(double Tolerance) : Assertion
    {
        public override MetricId Metric => MetricId.NumberRight;
        public override string Text => FormattableString.Invariant($"number: {Tolerance:R}");
        public override bool Compares => true;
    }

    /// <param name="Measure"><see cref="MetricId.Rouge1"/> to <see cref="MetricId.Levenshtein"/>.</param>
    /// <param name="AtLeast">Likeness to the expected answer, 0 to 1.</param>
    public sealed record Like(MetricId Measure, Share AtLeast) : Assertion
    {
        public override MetricId Metric => Measure;
        public override string Text => FormattableString.Invariant($"{Metrics.NameOf(Measure)}: {AtLeast.Value * 100:0.###}%");
        public override bool Compares => true;
    }

    /// <param name="Wanted">False: an answer is wanted, not an excuse. True: whoever asks this must be refused.</param>
    public sealed record Refuses(bool Wanted) : Assertion
    {
        public override MetricId Metric => MetricId.RefusalRight;
        public override string Text => Wanted ? "refusal: always" : "refusal: never";
    }

    /// <summary>Bounds, each inclusive; null: none.</summary>
    public sealed record HasLength(int? MinChars, int? MaxChars, int? MinTokens, int? MaxTokens) : Assertion
    {
        public override MetricId Metric => MetricId.LengthRight;
        public override string Text => FormattableString.Invariant(
            $"length: {MinChars ?? 0} to {(MaxChars is { } chars ? $"{chars}" : "any")} characters, {MinTokens ?? 0} to {(MaxTokens is { } tokens ? $"{tokens}" : "any")} tokens");
    }

    public sealed record Finishes(IReadOnlyList<string> Reasons) : Assertion
    {
        public override MetricId Metric => MetricId.FinishRight;
        public override string Text => $"finishReason: {string.Join(", ", Reasons)}";
    }

    /// <param name="Code">Two letters of ISO 639-1.</param>
    public sealed record IsIn(string Code) : Assertion
    {
        public override MetricId Metric => MetricId.LanguageRight;
        public override string Text => $"language: {Code}";
    }
}

/// <summary>A JSON Schema, ready to judge.</summary>
/// <param name="Sha256">Of its text, lower-case hex.</param>
/// <param name="Violation">The first rule that a value breaks, by its place in the schema; null when there is none.</param>
public sealed record JsonRule(string Sha256, Func<JsonElement, string?> Violation);
