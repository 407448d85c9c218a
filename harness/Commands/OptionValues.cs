using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary>Reads the values of options, so that a wrong one is told in the user's words and not in those of .NET's types.</summary>
internal static class OptionValues
{
    public static Func<ArgumentResult, T> Whole<T>(T least, T most)
        where T : struct, INumber<T> => result =>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{Name(result)} {text}: not a whole number from {least} to {most}"));
        return default;
    };

    public static Func<ArgumentResult, string> Matching(Regex pattern, string remedy) => result =>
    {
        var text = result.Tokens[0].Value;
        if (!pattern.IsMatch(text))
        {
            result.AddError($"{Name(result)} {text}: {remedy}");
        }

        return text;
    };

    /// <summary>By its name, in any case; numbers are no names.</summary>
    public static Func<ArgumentResult, T> OneOf<T>()
        where T : struct, Enum => result =>
    {
        var text = result.Tokens[0].Value;
        if (Enum.GetNames<T>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return Enum.Parse<T>(known);
        }

        var all = string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));
        result.AddError($"{Name(result)} {text}: not known; write one of {all}");
        return default;
    };

    /// <summary>With its unit, as in scenario files: <c>800ms</c>, <c>10m</c>.</summary>
    public static Func<ArgumentResult, TimeSpan> Duration(TimeSpan least, TimeSpan most) => result =>
    {
        var text = result.Tokens[0].Value;
        var (duration, problem) = DurationText.Read(text);
        if (problem is null && (duration < least || duration > most))
        {
            problem = FormattableString.Invariant($"outside {least.TotalMilliseconds}ms to {most.TotalHours}h");
        }

        if (problem is not null)
        {
            result.AddError($"{Name(result)} {text}: {problem}");
        }

        return duration;
    };

    /// <summary>With its unit, as in scenario files: <c>40/s</c>. The parser wants a null for "not given".</summary>
    public static Func<ArgumentResult, double?> Rate() => result =>
    {
        var text = result.Tokens[0].Value;
        var (rate, problem) = RateText.Read(text);
        if (problem is not null)
        {
            result.AddError($"{Name(result)} {text}: {problem}");
        }

        return rate.PerSecond;
    };

    /// <summary>A time or a number of pairs of blocks, as in scenario files.</summary>
    public static Func<ArgumentResult, PairBudget?> Budget() => result =>
    {
        var text = result.Tokens[0].Value;
        var (budget, problem) = PairBudgetText.Read(text);
        if (problem is not null)
        {
            result.AddError($"{Name(result)} {text}: {problem}");
        }

        return budget;
    };

    /// <summary>In percent, within bounds.</summary>
    /// <param name="least">A share, as is <paramref name="most"/>.</param>
    public static Func<ArgumentResult, double> Share(double least, double most) => result =>
    {
        var text = result.Tokens[0].Value;
        var (share, problem) = ShareText.Read(text);
        if (problem is null && (share.Value < least || share.Value > most))
        {
            problem = FormattableString.Invariant($"outside {least * 100}% to {most * 100}%");
        }

        if (problem is not null)
        {
            result.AddError($"{Name(result)} {text}: {problem}");
        }

        return share.Value;
    };

    /// <summary><c>--inconclusive</c>, of every command that ends in a verdict.</summary>
    public static Option<InconclusivePolicy> Inconclusive() => new("--inconclusive")
    {
        Description = "What an inconclusive run exits with: its own code 2 (default), fail 1, or 0 with or without a warning",
        DefaultValueFactory = _ => InconclusivePolicy.Keep,
        CustomParser = OneOf<InconclusivePolicy>(),
        HelpName = "keep|fail|warn|pass",
    };

    /// <summary>The name of a baseline.</summary>
    public static string Named(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!BaselineBook.IsName(text))
        {
            result.AddError($"{Name(result)} {Printable.Line(text, 64)}: not a name; write letters, digits, dots, dashes and underscores, at most 64");
        }

        return text;
    }

    private static string Name(ArgumentResult result) => result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
}
