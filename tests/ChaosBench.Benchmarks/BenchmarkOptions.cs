using System.Globalization;

namespace ChaosBench.Benchmarks;

/// <summary>What the command line says beside the names.</summary>
/// <param name="Minutes">Length of the soak.</param>
/// <param name="Strict">A missed goal is exit code 1.</param>
/// <param name="Rate">Arrivals per second of the long run.</param>
internal sealed record BenchmarkOptions(double Minutes = 20, bool Strict = false, double Rate = 10_000)
{
    /// <summary>Null when an argument is neither a name nor an option.</summary>
    public static (BenchmarkOptions Options, IReadOnlyList<string> Names)? Parse(string[] arguments, IReadOnlyCollection<string> known)
    {
        var (options, names) = (new BenchmarkOptions(), new List<string>());
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--strict")
            {
                options = options with { Strict = true };
            }
            else if (arguments[i] == "--minutes" && i + 1 < arguments.Length
                && double.TryParse(arguments[++i], CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0.5 and <= 1_440)
            {
                options = options with { Minutes = minutes };
            }
            else if (arguments[i] == "--rate" && i + 1 < arguments.Length
                && double.TryParse(arguments[++i], CultureInfo.InvariantCulture, out var rate) && rate is >= 100 and <= 200_000)
            {
                options = options with { Rate = rate };
            }
            else if (known.Contains(arguments[i]))
            {
                names.Add(arguments[i]);
            }
            else
            {
                return null;
            }
        }

        return names.Count == 0 ? null : (options, names);
    }
}
