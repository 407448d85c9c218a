using System.Globalization;
using ChaosBench.Scenarios.Files;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>What is done to the candidate on purpose, so that it is known whether a gate finds it. A closed set.</summary>
/// <param name="Name">As on the command line and in the files.</param>
/// <param name="Folder">Part of a folder's name.</param>
internal abstract record Regression(string Name, string Folder)
{
    private const double LeastAdded = 0.01;
    private const double MostAdded = 2;

    private static readonly Regression[] Fixed =
        [new Same(), new SlowFew(), new Lock(), new Leak(), new Truncated(), new HalfPrecision(), new Undertrained()];

    /// <summary>Nothing: the same build on both sides.</summary>
    public sealed record Same() : Regression("same", "same");

    /// <summary>Every event of an answer comes later by this share of the time since the send.</summary>
    public sealed record Added(double Share) : Regression(
        string.Create(CultureInfo.InvariantCulture, $"+{Share * 100:0.##}%"), string.Create(CultureInfo.InvariantCulture, $"plus-{Share * 100:0.##}"));

    /// <summary>One request in a hundred takes ten times as long.</summary>
    public sealed record SlowFew() : Regression("slow-1%", "slow-1");

    /// <summary>A section that only one request may be in, held for half of the mean gap between requests.</summary>
    public sealed record Lock() : Regression("lock", "lock");

    /// <summary>Memory that each request leaves behind until the round ends.</summary>
    public sealed record Leak() : Regression("leak", "leak");

    /// <summary>Answers end after a few tokens.</summary>
    public sealed record Truncated() : Regression("truncated", "truncated");

    /// <summary>The model's own f16 form.</summary>
    public sealed record HalfPrecision() : Regression("half-precision", "half-precision");

    /// <summary>The model that was stopped early in training, beside the one that is served: as fast, and worse.</summary>
    public sealed record Undertrained() : Regression("undertrained", "undertrained");

    /// <summary>What there is, for help and errors.</summary>
    public static string Known => "+N%, " + string.Join(", ", Fixed.Skip(1).Select(regression => regression.Name));

    /// <exception cref="UsageException">There is none of that name; the nearest one is named.</exception>
    public static Regression Parse(string text)
    {
        if (Fixed.FirstOrDefault(known => known.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } named)
        {
            return named;
        }

        if (text.StartsWith('+'))
        {
            var number = text[1..].TrimEnd('%');
            return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
                && percent / 100 is >= LeastAdded and <= MostAdded
                ? new Added(percent / 100)
                : throw new UsageException($"--regressions {text}: an added latency is from +1% to +200%, for example +10%.");
        }

        string[] names = [.. Fixed.Select(known => known.Name)];
        throw new UsageException($"--regressions {text}: there is no such regression; "
            + (Nearest.To(text, names) is { } meant ? $"did you mean '{meant}'?" : $"write one of {Known}."));
    }
}
