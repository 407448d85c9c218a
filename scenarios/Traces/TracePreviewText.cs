using System.Globalization;

namespace ChaosBench.Scenarios.Traces;

/// <summary>A preview for a terminal; several as one Markdown table. Paths are the caller's own words.</summary>
public static class TracePreviewText
{
    public static void Write(string file, TracePreview preview, TextWriter output)
    {
        void Line(string name, string text) => output.Write($"{name,-10} {text}\n");

        Line("file", file);
        Line("format", preview.Unit is { } unit
            ? $"{preview.Format}, times in {unit.ToString().ToLowerInvariant()}" : preview.Format);
        Line("rows", string.Join(", ", Counts(preview)));
        Line("span", preview.SpanSeconds is { } span
            ? $"{Seconds(span)}, first {Instant(preview.FirstSeconds)}, last {Instant(preview.LastSeconds)}"
            : "no times: nothing to replay, only prompts or lengths");
        if (preview.RatePerSecond is { } rate)
        {
            Line("rate", $"{Number(rate)}/s, median gap {Seconds(preview.MedianGapSeconds ?? 0)}");
        }

        Tokens("input", preview.InputTokens);
        Tokens("output", preview.OutputTokens);
        if (preview.HashedRows > 0)
        {
            Line("prefixes", Invariant($"{preview.HashedRows:N0} rows with ids of blocks{(preview.BlockTokens is { } block ? Invariant($" of {block} tokens") : "")}"));
        }

        if (preview.Sessions is { } sessions)
        {
            Line("sessions", Invariant($"{sessions:N0} of more than one request"));
        }

        if (preview.Graphs is { } graphs)
        {
            Line("graphs", Invariant($"{graphs.Sessions:N0} sessions of requests that wait for each other, up to {graphs.Depth:N0} deep and {graphs.Width:N0} wide"));
        }

        Line("sha256", preview.Sha256);
        foreach (var note in preview.Notes)
        {
            Line("note", note);
        }

        foreach (var skip in preview.Skips)
        {
            Line("skipped", skip);
        }

        void Tokens(string name, TokenFigures? tokens)
        {
            if (tokens is not null)
            {
                Line(name, Invariant($"tokens: mean {tokens.Mean:N0}, p50 {tokens.P50:N0}, p90 {tokens.P90:N0}, p99 {tokens.P99:N0}, max {tokens.Max:N0}"));
            }
        }
    }

    /// <summary>One row a file: name, format, rows, skipped, span, rate, tokens.</summary>
    public static void WriteTable(IEnumerable<(string File, TracePreview Preview)> previews, TextWriter output)
    {
        output.Write("| file | format | rows | skipped | ignored | span | rate | mean tokens in / out |\n|---|---|---:|---:|---:|---:|---:|---:|\n");
        foreach (var (file, preview) in previews)
        {
            var span = preview.SpanSeconds is { } seconds ? Seconds(seconds) : "no times";
            var rate = preview.RatePerSecond is { } perSecond ? Number(perSecond) + "/s" : "";
            output.Write(Invariant(
                $"| {file.Replace("|", "\\|", StringComparison.Ordinal)} | {preview.Format} | {preview.Rows:N0} | {preview.Skipped:N0} | {preview.Ignored:N0} | {span} | {rate} | {Mean(preview.InputTokens)} / {Mean(preview.OutputTokens)} |\n"));
        }
    }

    private static IEnumerable<string> Counts(TracePreview preview)
    {
        yield return Invariant($"{preview.Rows:N0}");
        yield return Invariant($"skipped {preview.Skipped:N0}");
        if (preview.Ignored > 0)
        {
            yield return Invariant($"ignored {preview.Ignored:N0}");
        }

        if (preview.Failed > 0)
        {
            yield return Invariant($"{preview.Failed:N0} failed when recorded");
        }

        if (preview.OutOfOrder > 0)
        {
            yield return Invariant($"{preview.OutOfOrder:N0} out of order, put in order");
        }

        if (preview.TextRows > 0)
        {
            yield return Invariant($"{preview.TextRows:N0} with text");
        }
    }

    private static string Mean(TokenFigures? tokens) => tokens is null ? "-" : Invariant($"{tokens.Mean:N0}");

    /// <summary>Instants after 2000 are dates; others are seconds of the source's own clock.</summary>
    private static string Instant(double? seconds) => seconds is > 946_684_800 and < 7_000_000_000
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds.Value * 1000)).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : Seconds(seconds ?? 0);

    private static string Seconds(double seconds) => seconds switch
    {
        0 => "0s",
        < 0.001 => Invariant($"{seconds * 1e6:0.###}us"),
        < 1 => Invariant($"{seconds * 1e3:0.###}ms"),
        _ => Invariant($"{seconds:#,0.###}s"),
    };

    private static string Number(double value) => value switch
    {
        0 => "0",
        < 0.01 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        < 10 => value.ToString("0.###", CultureInfo.InvariantCulture),
        _ => value.ToString("#,0.#", CultureInfo.InvariantCulture),
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
