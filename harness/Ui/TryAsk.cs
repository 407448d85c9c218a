using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Ui;

/// <summary>What the sliders of the <em>try it</em> page stand at.</summary>
internal sealed record TryAsk
{
    public const int MostChars = 16_000;
    public const int MostTokens = 512;

    /// <summary>Damages beside typos; each has one strength.</summary>
    public static readonly string[] Noises =
    [
        "input.case_space", "input.homoglyph", "input.mojibake", "input.zero_width", "input.bidi", "input.control_characters", "input.null_bytes",
    ];

    /// <summary>Counted damages at full strength.</summary>
    private const int MostPieces = 50;

    public required string Prompt { get; init; }

    /// <summary>Number of the sample whose other messages go before the prompt. Null: the prompt alone.</summary>
    public int? Sample { get; init; }

    /// <summary>Share of the words, 0 to 1.</summary>
    public double Typos { get; init; }

    /// <summary>Strength, 0 to 1.</summary>
    public double Noise { get; init; }

    /// <summary>One of <see cref="Noises"/>.</summary>
    public string NoiseKind { get; init; } = Noises[0];

    public double Temperature { get; init; }
    public int MaxTokens { get; init; } = 64;

    /// <summary>Decides the damage and the sampling.</summary>
    public uint Seed { get; init; } = 1;

    /// <summary>Null: it can be asked.</summary>
    public string? Problem() =>
        Prompt is null or { Length: 0 or > MostChars } ? FormattableString.Invariant($"prompt: 1 to {MostChars} characters")
        : Typos is not (>= 0 and <= 1) ? "typos: 0 to 1"
        : Noise is not (>= 0 and <= 1) ? "noise: 0 to 1"
        : !Noises.Contains(NoiseKind) ? $"noiseKind: one of {string.Join(", ", Noises)}"
        : Temperature is not (>= 0 and <= 2) ? "temperature: 0 to 2"
        : MaxTokens is < 1 or > MostTokens ? FormattableString.Invariant($"maxTokens: 1 to {MostTokens}")
        : null;

    /// <summary>As entries of the fault catalogue that hit every request.</summary>
    public IReadOnlyList<PlannedFault> Faults() => [.. Damages().Select((damage, at) => new PlannedFault(
        at, new Fault { Id = damage.Kind, Kind = damage.Kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1), With = new Dictionary<string, string> { [damage.Name] = damage.Value } },
        0, 1))];

    /// <summary>The same as lines of a scenario file.</summary>
    public IEnumerable<string> FaultLines() => Damages().Select(damage =>
        $"- {{ fault: {damage.Kind}, share: 100%, with: {{ {damage.Name}: {damage.Shown} }} }}");

    private IEnumerable<(string Kind, string Name, string Value, string Shown)> Damages()
    {
        if (Typos > 0)
        {
            yield return Fraction("input.typos", Typos);
        }

        if (Noise > 0)
        {
            var isCounted = InputFaults.Catalogue.First(kind => kind.Name == NoiseKind).Parameters[0].Name == "count";
            var pieces = Math.Max(1, (int)Math.Round(Noise * MostPieces)).ToString(CultureInfo.InvariantCulture);
            yield return isCounted ? (NoiseKind, "count", pieces, pieces) : Fraction(NoiseKind, Noise);
        }
    }

    private static (string, string, string, string) Fraction(string kind, double share) => (
        kind, "fraction", share.ToString("0.####", CultureInfo.InvariantCulture), (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%");
}
