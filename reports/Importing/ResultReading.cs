namespace ChaosBench.Reports.Importing;

/// <summary>Reads a file with a format and refuses what no run can be: the last line of defence before numbers are shown.</summary>
public static class ResultReading
{
    internal const int MaxRequests = 1_000_000;
    internal const int MaxGaps = 20_000_000;
    private const int MaxRuns = 1_000;

    /// <summary>Seconds; longer than any load test, and far from what a nanosecond counter holds.</summary>
    private const double Longest = 1e8;

    /// <param name="format">Null: told from the file.</param>
    /// <exception cref="ImportException">The file is not that tool's, is cut, or holds what cannot be.</exception>
    public static IReadOnlyList<ImportedRun> Read(ResultFile file, IResultFormat? format = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var runs = Guarded(file, () => (format ?? ResultFormats.Of(file)).Read(file));
        if (runs.Count is 0 or > MaxRuns)
        {
            throw new ImportException(FormattableString.Invariant($"{file.Name}: {runs.Count} runs; from 1 to {MaxRuns} can be read from one file"));
        }

        foreach (var run in runs)
        {
            Check(file, run);
        }

        return runs;
    }

    /// <summary>Escapes of half a character are JSON, and no text: System.Text.Json says so wherever it meets one.</summary>
    private static T Guarded<T>(ResultFile file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException broken)
        {
            throw new ImportException($"{file.Name}: {broken.Message.ReplaceLineEndings(" ").TrimEnd('.')}; name the file as the tool wrote it");
        }
    }

    /// <summary>
    /// The run with what another file of the tool says about it: totals beside the requests, or the other way round. Throws where the two
    /// speak of different numbers of requests or both hold requests.
    /// </summary>
    public static ImportedRun Joined(ImportedRun run, ImportedRun published, string publishedFile)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(published);
        if (published.Requests.Count > 0)
        {
            throw new ImportException($"{publishedFile}: holds requests; --published names the totals of the same run");
        }

        if (run.Format != published.Format)
        {
            throw new ImportException($"{publishedFile}: is of {published.Format} and the requests are of {run.Format}; name the totals of the same run");
        }

        var told = published.Figures.FirstOrDefault(figure => figure is { Definition: "requests/ok", Statistic: "value" })?.Value;
        var here = run.Requests.Count(request => request.Counted);
        var missing = told is { } all && all != here
            ? FormattableString.Invariant($"the totals speak of {all} counted requests and the file of requests has {here}: the figures of the one are not those of the other") : null;
        return run with
        {
            ToolVersion = run.ToolVersion ?? published.ToolVersion,
            Target = run.Target ?? published.Target,
            Location = run.Location ?? published.Location,
            StartedUtc = run.StartedUtc ?? published.StartedUtc,
            Duration = run.Duration ?? published.Duration,
            Settings = published.Settings.Concat(run.Settings).DistinctBy(setting => setting.Key).ToDictionary(),
            Figures = [.. run.Figures, .. published.Figures],
            Percentiles = run.Percentiles ?? published.Percentiles,
            SampleDeviation = run.SampleDeviation || published.SampleDeviation,
            Partial = run.Partial || published.Partial || missing is not null,
            Notes = [.. missing is null ? [] : new[] { missing }, .. run.Notes, .. published.Notes],
        };
    }

    private static void Check(ResultFile file, ImportedRun run)
    {
        if (run.Requests.Count > MaxRequests)
        {
            throw new ImportException(FormattableString.Invariant($"{file.Name}: {run.Requests.Count} requests; up to {MaxRequests} of one run are read"));
        }

        if (run.Requests.Count == 0 && run.Figures.Count == 0)
        {
            throw new ImportException($"{file.Name}: neither a request nor a figure is in it; name the tool's finished result");
        }

        var gaps = 0L;
        for (var i = 0; i < run.Requests.Count; i++)
        {
            var request = run.Requests[i];
            gaps += request.Gaps.Count;
            if (Impossible(request) is { } why)
            {
                throw new ImportException(FormattableString.Invariant($"{file.Name}: request {i + 1}: {why}; no run of a tool is like that"));
            }
        }

        if (gaps > MaxGaps)
        {
            throw new ImportException(FormattableString.Invariant($"{file.Name}: {gaps} gaps between tokens; up to {MaxGaps} are read"));
        }

        if (run.Duration is { } duration && !(duration is >= 0 and <= Longest))
        {
            throw new ImportException(FormattableString.Invariant($"{file.Name}: a duration of {duration} s; no run is that long"));
        }

        if (run.Figures.FirstOrDefault(figure => !double.IsFinite(figure.Value)) is { } wild)
        {
            throw new ImportException($"{file.Name}:{wild.Key}: is no finite number");
        }
    }

    private static string? Impossible(ImportedRequest request)
    {
        foreach (var (what, value) in new[]
            { ("a send", request.Sent), ("a planned send", request.Planned), ("a first token", request.FirstToken), ("a last token", request.LastToken), ("an end", request.Ended) })
        {
            if (value is { } seconds && !(seconds is >= -Longest and <= Longest))
            {
                return FormattableString.Invariant($"{what} at {seconds} s");
            }
        }

        // Clocks are read more than once; a microsecond is no order.
        const double Slack = 1e-6;
        return request.FirstToken < -Slack || request.LastToken < -Slack || request.Ended < -Slack ? "it ends before it begins"
            : request.FirstToken > request.LastToken + Slack ? "its first token comes after its last"
            : request.LastToken > request.Ended + Slack ? "its last token comes after its end"
            : request.Gaps.Any(gap => !(gap is >= 0 and <= Longest)) ? "a gap between tokens that is none"
            : null;
    }
}
