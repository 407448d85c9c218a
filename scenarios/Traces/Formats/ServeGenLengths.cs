using System.Globalization;
using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// ServeGen's lengths of one client: a JSON object of window start in s to <c>{input_tokens, output_tokens}</c>, each a text that
/// holds a Python dict <c>{tokens: probability}</c>.
/// </summary>
internal sealed class ServeGenLengths
{
    private readonly List<(double Start, int Line, Distribution Input, Distribution Output)> _windows = [];

    public int Count => _windows.Count;

    /// <summary>Throws <see cref="PromptException"/> for a file of another shape.</summary>
    public static ServeGenLengths Read(TraceFile file)
    {
        var lengths = new ServeGenLengths();
        foreach (var part in file.Elements())
        {
            if (part.Element.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(file.Path, part.Line);
            }

            foreach (var window in part.Element.EnumerateObject())
            {
                var fields = new RowFields(window.Value);
                if (!double.TryParse(window.Name, NumberStyles.Float, CultureInfo.InvariantCulture, out var start)
                    || Parse(fields.Text("input_tokens")) is not { } input
                        || Parse(fields.Text("output_tokens")) is not { } output)
                {
                    throw Wrong(file.Path, part.Line);
                }

                lengths._windows.Add((start, part.Line, input, output));
            }
        }

        lengths._windows.Sort((one, other) => one.Start.CompareTo(other.Start));
        return lengths.Count > 0 ? lengths : throw Wrong(file.Path, 1);
    }

    /// <summary>
    /// From the window that holds the instant, or the nearest before; input and output independently, as the file has them.
    /// </summary>
    public (int Input, int Output) Draw(double seconds, SplitMix64 random)
    {
        var at = _windows.FindLastIndex(window => window.Start <= seconds);
        var window = _windows[Math.Max(0, at)];
        return (window.Input.Draw(random), window.Output.Draw(random));
    }

    public IEnumerable<(int Line, int Input, int Output)> Means() =>
        _windows.Select(window => (window.Line, window.Input.Mean, window.Output.Mean));

    private static Distribution? Parse(string? dict)
    {
        var text = dict?.Trim();
        if (text is not ['{', .., '}'])
        {
            return null;
        }

        var values = new List<int>();
        var ends = new List<double>();
        var sum = 0.0;
        foreach (var pair in text[1..^1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || CsvTable.Tokens(pair[..colon]) is not { } tokens
                || !double.TryParse(pair[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
                    || weight is not (>= 0 and < 1e9))
            {
                return null;
            }

            values.Add(tokens);
            ends.Add(sum += weight);
        }

        return sum > 0 ? new Distribution([.. values], [.. ends]) : null;
    }

    private static PromptException Wrong(string path, int line) => new(FormattableString.Invariant(
        $"{path}:{line}: is not a ServeGen data set; a window is \"0\": {{\"input_tokens\": \"{{18: 0.5, 19: 0.5}}\", \"output_tokens\": ...}}"));

    /// <param name="Ends">Running sums of the weights.</param>
    private sealed record Distribution(int[] Values, double[] Ends)
    {
        public int Mean
        {
            get
            {
                var sum = Values.Select((value, at) => value * (Ends[at] - (at == 0 ? 0 : Ends[at - 1]))).Sum();
                return (int)Math.Round(sum / Ends[^1]);
            }
        }

        public int Draw(SplitMix64 random)
        {
            var at = Array.BinarySearch(Ends, random.NextDouble() * Ends[^1]);
            return Values[Math.Min(at < 0 ? ~at : at + 1, Values.Length - 1)];
        }
    }
}
