using System.Security.Cryptography;
using System.Text;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// One pass over a file of traffic, whatever its format, or over several of one format that lie in a folder, as one:
/// <code>
/// files -> items -> sound records -> in order of time -> wanted window and sessions -> times from zero
///            '-> skipped, ignored, notes: counted, and refused when too many or implausible
/// </code>
/// </summary>
public sealed class TracePass : IDisposable
{
    /// <summary>Files of a folder that are read at once.</summary>
    private const int MostFiles = 1_000;

    private readonly string _path;
    private readonly IReadOnlyList<TraceSource> _sources;
    private readonly TraceOptions _options;
    private readonly TraceTally _tally;

    private TracePass(string path, IReadOnlyList<TraceSource> sources, TraceOptions options)
    {
        (_path, _sources, _options) = (path, sources, options);
        _tally = new TraceTally(path, Format, BlockTokens, options);
    }

    public ITraceFormat Format => _sources[0].Format;

    /// <inheritdoc cref="ITraceFormat.BlockTokens"/>
    public int? BlockTokens => Format.BlockTokens(_sources[0].File.Head);

    /// <summary>Throws <see cref="PromptException"/> when the file cannot be opened or its format is not known.</summary>
    /// <param name="path">Of a file, or of a folder whose files are of one format: they are read as one trace, on one clock.</param>
    /// <param name="format">Null: told from the file's beginning.</param>
    public static TracePass Open(string path, ITraceFormat? format, TraceOptions options)
    {
        if (options.Files.In(path) is not { } inside)
        {
            return Open(path, [path], format, options);
        }

        var files = inside.Where(file => !(format?.IsCompanion(file) ?? TraceFormats.All.Any(known => known.IsCompanion(file)))).ToList();
        return files.Count > 0 ? Open(path, files, format, options)
            : throw new PromptException($"{path}: is a folder without files of traffic; name a file, or a folder that holds some");
    }

    private static TracePass Open(string path, List<string> files, ITraceFormat? format, TraceOptions options)
    {
        if (files.Count > MostFiles)
        {
            throw new PromptException($"{path}: holds {files.Count:N0} files; at most {MostFiles:N0} are read as one trace");
        }

        var sources = new List<TraceSource>();
        try
        {
            foreach (var name in files)
            {
                var file = TraceFile.Open(options.Files, name);
                sources.Add(new TraceSource(file, format ?? Recognised(file, sources), options, files.Count == 1 ? null : ClientOf(name)));
            }

            return new TracePass(path, sources, options);
        }
        catch
        {
            sources.ForEach(source => source.Dispose());
            throw;
        }
    }

    /// <summary>
    /// The wanted records; the first of the window has the time 0. Enumerate once, to the end, and call <see cref="Finish"/>.
    /// Throws <see cref="PromptException"/> with place and remedy.
    /// </summary>
    public IEnumerable<TraceRecord> Rows()
    {
        long? zero = null;
        long? begun = null;
        var from = Nanos.From(_options.From);
        var until = (_options.For ?? Format.UsualLength) is { } length ? from + Nanos.From(length) : long.MaxValue;
        foreach (var record in Merged())
        {
            if (record.At is { } at)
            {
                zero ??= at;
                if (at - zero >= until && Format.IsOrdered)
                {
                    break;
                }

                if (at - zero < from || at - zero >= until || !IsKept(record))
                {
                    continue;
                }

                if (record.IsFollower)
                {
                    var timeless = record with { At = null, IsFollower = false };
                    _tally.Count(timeless);
                    yield return timeless;
                    continue;
                }

                _tally.Count(record);
                begun ??= _options.From > TimeSpan.Zero ? zero + from : at;
                yield return record with { At = at - begun };
            }
            else if (IsKept(record))
            {
                _tally.Count(record);
                yield return record;
            }
        }
    }

    /// <summary>Throws <see cref="PromptException"/> when too many rows were unreadable or the times cannot be right.</summary>
    public TracePreview Finish()
    {
        _tally.CheckSkipped();
        var preview = _tally.Preview(_sources.Sum(source => source.Order.OutOfOrder), Hash());
        return Plausibility.Check(_path, Format, preview, _options);
    }

    public void Dispose()
    {
        foreach (var source in _sources)
        {
            source.Dispose();
        }
    }

    /// <summary>In order of time; at one instant, and without times, in the order of the files.</summary>
    private IEnumerable<TraceRecord> Merged()
    {
        if (_sources.Count == 1)
        {
            foreach (var record in _sources[0].Sorted(_tally))
            {
                yield return record;
            }

            yield break;
        }

        var open = _sources.Select(source => source.Sorted(_tally).GetEnumerator()).ToList();
        try
        {
            var heads = new PriorityQueue<int, (long At, int File)>();
            for (var file = 0; file < open.Count; file++)
            {
                Advance(file, heads);
            }

            while (heads.TryDequeue(out var file, out _))
            {
                yield return open[file].Current;
                Advance(file, heads);
            }
        }
        finally
        {
            open.ForEach(records => records.Dispose());
        }

        void Advance(int file, PriorityQueue<int, (long At, int File)> heads)
        {
            if (open[file].MoveNext())
            {
                heads.Enqueue(file, (open[file].Current.At ?? long.MinValue, file));
            }
        }
    }

    /// <summary>Of a file as stored; of several, of their hashes one after another.</summary>
    private string Hash()
    {
        var hashes = _sources.Select(source => source.File.FinishHash()).ToList();
        return hashes.Count == 1 ? hashes[0] : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(hashes))));
    }

    private static ITraceFormat Recognised(TraceFile file, List<TraceSource> before)
    {
        var format = TraceFormats.Recognise(file.Head);
        return before.Count == 0 || before[0].Format == format ? format : throw new PromptException(
            $"{file.Path}: is of the format {format.Name}, but {before[0].File.Path} is of {before[0].Format.Name}; one trace has files of one format");
    }

    /// <summary>The file's name without what all of a kind have at its end.</summary>
    private static string ClientOf(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var ending in new[] { ".gz", ".csv", ".jsonl", ".json", "-trace" })
        {
            name = name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? name[..^ending.Length] : name;
        }

        return name;
    }

    private bool IsKept(TraceRecord record) => _options.Sessions.Value >= 1 || KeyedHash.Coin(
        _options.Seed, "sessions", record.Session ?? FormattableString.Invariant($"#{record.Line}"), _options.Sessions.Value);
}
