using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// Refuses times that cannot be right. A trace read in the wrong unit replays 1000 times too fast or too slow, and everything
/// measured under it is about another load. Dates cannot be misread so; bare numbers can, unless the operator has named their
/// unit.
/// </summary>
internal static class Plausibility
{
    /// <summary>
    /// Requests and tokens a second that no recorded service was seen to take, and the slowest that anyone would replay.
    /// </summary>
    private const double TooFast = 2_000;
    private const double TooManyTokens = 5_000_000;
    private const double TooSlow = 0.01;
    private const double LongestDays = 400;
    private const double ShortestGap = 1e-6;

    /// <summary>
    /// The preview, with a note when something is odd. Throws <see cref="PromptException"/> when it is impossible.
    /// </summary>
    public static TracePreview Check(string path, ITraceFormat format, TracePreview preview, TraceOptions options)
    {
        if (preview is not { SpanSeconds: { } span } || options.Trust)
        {
            return preview;
        }

        if (span > LongestDays * 86_400)
        {
            throw Refused(path, format, preview, FormattableString.Invariant($"its times span {span / 86_400:0} days"));
        }

        if (preview.Rows > 100 && (preview.MedianGapSeconds < ShortestGap || span == 0))
        {
            throw Refused(path, format, preview, span == 0
                ? "all of its requests come at one instant" : "half of its gaps are shorter than a microsecond");
        }

        if (preview.RatePerSecond is not { } rate)
        {
            return preview;
        }

        var tokens = rate * ((preview.InputTokens?.Mean ?? 0) + (preview.OutputTokens?.Mean ?? 0));
        var speed = FormattableString.Invariant($"{preview.Rows:N0} requests in {span:0.###} s are {rate:0.#####}/s");
        if (preview.Unit is null || options.Unit is not null)
        {
            return preview;
        }

        return rate > TooFast || tokens > TooManyTokens
            ? throw Refused(
                path, format, preview, FormattableString.Invariant($"{speed} and {tokens:N0} tokens/s: too fast to be true"))
            : rate < TooSlow && preview.Rows > 1
            ? throw Refused(path, format, preview, $"{speed}: too slow to be true")
            : preview;
    }

    private static PromptException Refused(string path, ITraceFormat format, TracePreview preview, string wrong)
    {
        var unit = preview.Unit is { } read
            ? $"its times were read as {read.ToString().ToLowerInvariant()}, which {format.Name} documents; name the unit that they are in, s, ms, us or ns"
            : "check its times";
        return new PromptException(
            $"{path}: {wrong}; {unit} (import: --unit UNIT, or --yes if it is right; scenario file: unit: UNIT)");
    }
}
