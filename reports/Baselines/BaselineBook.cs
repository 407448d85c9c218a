using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Reports.Baselines;

/// <summary>
/// <c>baselines.jsonl</c> beside the runs: one line a promotion, only ever added to. The last line of a name and scenario counts; those
/// before it say what was the baseline when.
/// </summary>
/// <param name="runs">Folder of run folders.</param>
public sealed partial class BaselineBook(string runs)
{
    public const string FileName = "baselines.jsonl";

    /// <summary>Larger files were not written by us: that is about thirty thousand promotions.</summary>
    private const long MaxBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path = Path.Combine(runs, FileName);

    /// <summary>Letters, digits, dot, dash and underscore, beginning with a letter or digit, at most 64.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>In order; empty when nothing was promoted here.</summary>
    /// <exception cref="BaselineException">A line is not one of ours, or of a newer version.</exception>
    public IReadOnlyList<Promotion> Read()
    {
        if (!File.Exists(_path))
        {
            return [];
        }

        using var file = Open(FileMode.Open, FileAccess.Read);
        return Read(file);
    }

    /// <summary>What each name stands for now, scenario by scenario.</summary>
    /// <exception cref="BaselineException">As <see cref="Read()"/>.</exception>
    public IReadOnlyList<Promotion> Current() =>
        [.. Read().GroupBy(one => (one.Name, one.Scenario)).Select(group => group.Last())
            .OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Scenario, StringComparer.Ordinal)];

    /// <summary>Where the run of a promotion is.</summary>
    public string FolderOf(Promotion promotion)
    {
        ArgumentNullException.ThrowIfNull(promotion);
        return Path.Combine(runs, promotion.Run);
    }

    /// <summary>One at a time, in this process or another.</summary>
    /// <exception cref="BaselineException">What is there already does not read, or nothing can be written.</exception>
    public void Add(Promotion promotion)
    {
        using var file = Open(FileMode.OpenOrCreate, FileAccess.ReadWrite);

        // Behind a line that nobody can read no later one would be read either.
        Read(file);
        try
        {
            file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(promotion, Json.Line) + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch (IOException broken)
        {
            throw new BaselineException(ReasonCodes.BaselineUnreadable, $"{_path}: cannot be written: {broken.Message}", broken);
        }
    }

    /// <summary>Waits for whoever has it: appending is two steps, to find the end and to write there.</summary>
    private FileStream Open(FileMode mode, FileAccess access)
    {
        FileStream? file = null;
        Exception? trouble = null;
        return SpinWait.SpinUntil(TryOpen, Patience) && file is not null ? file
            : throw new BaselineException(ReasonCodes.BaselineUnreadable, $"{_path}: cannot be opened: {trouble?.Message}", trouble);

        bool TryOpen()
        {
            try
            {
                file = new FileStream(_path, mode, access, access == FileAccess.Read ? FileShare.Read : FileShare.None, bufferSize: 0);
                return true;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                trouble = problem;
                return problem is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException;
            }
        }
    }

    private List<Promotion> Read(FileStream file)
    {
        if (file.Length > MaxBytes)
        {
            throw Broken(1, "the file is larger than any that chaosbench writes");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return [.. Encoding.UTF8.GetString(bytes).Split('\n').Select((line, at) => (Line: line, At: at + 1)).Where(one => one.Line.Length > 0)
            .Select(one => Parse(one.Line, one.At))];
    }

    private Promotion Parse(string line, int at)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var schema = document.RootElement.GetProperty("schema").GetInt32();
            if (schema > Promotion.CurrentSchema)
            {
                throw Broken(at, $"it has schema {schema} and this chaosbench reads up to {Promotion.CurrentSchema}; use a newer chaosbench");
            }

            var promotion = document.Deserialize<Promotion>(Json.Line);
            return promotion is not null && IsName(promotion.Name) && Path.GetFileName(promotion.Run) == promotion.Run && promotion.Run is not ("" or "." or "..")
                ? promotion : throw Broken(at, "its name or run is none");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or NotSupportedException)
        {
            throw Broken(at, "this is no promotion");
        }
    }

    private BaselineException Broken(int line, string what) => new(
        ReasonCodes.BaselineUnreadable,
        FormattableString.Invariant($"{_path}:{line}: {what}; put the line right or remove it, and promote again"));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Name();
}
