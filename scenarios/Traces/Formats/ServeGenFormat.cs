using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// ServeGen's model of one client: CSV without header, a line a window of <c>start in s, requests/s, coefficient of variation,
/// family, parameter, parameter</c>. It holds no requests, so they are drawn from it, the same for the same seed: each window is
/// a renewal process of its family and shape whose mean gap is 1/rate. Lengths are drawn from the file <c>*-dataset.json</c> that
/// lies beside <c>*-trace.csv</c>, if it does.
/// </summary>
internal sealed class ServeGenFormat : ITraceFormat
{
    /// <summary>Of a last or only window, which no next one ends.</summary>
    private const double UsualWindow = 600;
    private const double MostPerSecond = 1_000_000;
    private const int MostWindows = 1_000_000;
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    public string Name => "servegen";
    public string Summary => "ServeGen clients (CSV without header, rates by window; requests are drawn by the seed)";

    /// <summary>Seconds, but of windows: a wrong unit cannot show itself in drawn requests.</summary>
    public bool IsOrdered => true;

    public TimeSpan? UsualLength => Usual;

    public bool IsCompanion(string path) => path.EndsWith("-dataset.json", StringComparison.Ordinal);

    public bool Recognises(TraceHead head) =>
        head.FirstLine.Split(',') is [var start, var rate, _, "Gamma" or "Weibull" or "Exponential" or "", _, _]
        && TimeUnits.Parse(start, TimeUnit.Seconds) is not null && double.TryParse(rate, CultureInfo.InvariantCulture, out _)
        || (head.FirstLine == "{" && head.Has("\"input_tokens\"") && head.Has("{")
            && head.Path.Contains("dataset", StringComparison.Ordinal));

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        if (file.Head.Text.TrimStart().StartsWith('{'))
        {
            return Lengths(file);
        }

        var windows = new List<Window>();
        var skipped = new List<TraceItem>();
        foreach (var (line, fields) in file.Records())
        {
            if (Parse(line, fields) is not { } window)
            {
                skipped.Add(new TraceItem.Skipped(
                    line, "not start, rate, variation, family (Gamma, Weibull, none), parameter, parameter"));
            }
            else if (windows.Count > 0 && window.Start <= windows[^1].Start)
            {
                throw new PromptException(FormattableString.Invariant(
                    $"{file.Path}:{line}: a window that starts before the last one; sort them by their start"));
            }
            else
            {
                windows.Add(window);
            }

            if (windows.Count + skipped.Count > MostWindows)
            {
                throw new PromptException(FormattableString.Invariant(
                    $"{file.Path}:{line}: more than {MostWindows:N0} windows; split the file"));
            }
        }

        return skipped.Concat(windows.Count == 0 ? [] : Drawn(file, windows, options));
    }

    private static Window? Parse(int line, List<string> fields)
    {
        static double? Number(string text) => text.Trim().Length == 0 ? 0
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) && number >= 0 ? number : null;

        return fields.Count is >= 2 and <= 6 && Number(fields[0]) is { } start and < 1e9
            && Number(fields[1]) is { } rate and <= MostPerSecond
            && Number(fields.ElementAtOrDefault(4) ?? "") is { } shape
            && LawOf(fields.ElementAtOrDefault(3)?.Trim() ?? "", shape) is { } law
            ? new Window(line, start, rate, law) : null;
    }

    private static GapLaw? LawOf(string family, double shape) => family switch
    {
        "Gamma" when shape is >= 0.001 and <= 1e6 => GapLaw.OfGamma(shape),
        "Weibull" when shape is >= 0.05 and <= 100 => GapLaw.OfWeibull(shape),
        "" or "Exponential" => GapLaw.Exponential,
        _ => null,
    };

    private static IEnumerable<TraceItem> Drawn(TraceFile file, List<Window> windows, TraceOptions options)
    {
        var lengths = LengthsBeside(file.Path, options);
        var mean = windows.Average(window => window.Rate);
        yield return new TraceItem.Note(FormattableString.Invariant(
            $"{windows.Count:N0} windows, {mean:0.###} requests/s in the mean; the requests are drawn from them by the seed, {(options.For ?? Usual).TotalSeconds:#,0.###} s of them"));
        if (lengths is null)
        {
            yield return new TraceItem.Note("no lengths: the *-dataset.json beside the *-trace.csv was not found");
        }

        for (var at = 0; at < windows.Count; at++)
        {
            var window = windows[at];
            var length = at + 1 < windows.Count ? windows[at + 1].Start - window.Start
                : at > 0 ? window.Start - windows[at - 1].Start : UsualWindow;
            var random = KeyedHash.Stream(options.Seed, "servegen", FormattableString.Invariant($"{window.Start:R}"));
            var draws = KeyedHash.Stream(options.Seed, "servegen-lengths", FormattableString.Invariant($"{window.Start:R}"));
            foreach (var seconds in RenewalProcess.Create(window.Law, random, window.Rate * length))
            {
                var tokens = lengths?.Draw(window.Start, draws);
                yield return new TraceItem.Row(new TraceRecord
                {
                    Line = window.Line,
                    At = Nanos.FromSeconds(window.Start + (seconds / window.Rate)),
                    InputTokens = tokens?.Input,
                    OutputTokens = tokens?.Output,
                });
            }
        }
    }

    private static ServeGenLengths? LengthsBeside(string path, TraceOptions options)
    {
        const string Suffix = "-trace.csv";
        if (!path.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var file = TraceFile.Open(options.Files, path[..^Suffix.Length] + "-dataset.json");
            return ServeGenLengths.Read(file);
        }
        catch (PromptException missing) when (missing.InnerException is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static IEnumerable<TraceItem> Lengths(TraceFile file)
    {
        var lengths = ServeGenLengths.Read(file);
        yield return new TraceItem.Note(FormattableString.Invariant(
            $"lengths of {lengths.Count} windows, used with the *-trace.csv beside it; a row here is a window with its mean lengths"));
        foreach (var (line, input, output) in lengths.Means())
        {
            yield return new TraceItem.Row(new TraceRecord { Line = line, InputTokens = input, OutputTokens = output });
        }
    }

    private sealed record Window(int Line, double Start, double Rate, GapLaw Law);
}
