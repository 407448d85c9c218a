using System.Globalization;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>Gathers the rows of one file: names them, counts the unreadable, and says when too many are.</summary>
internal sealed class RowCollector(string path, int? limit)
{
    private const int MaxRows = 1_000_000;
    private const double MaxSkippedShare = 0.001;
    private const int MaxIdLength = 128;

    private readonly List<Prompt> _prompts = [];
    private readonly List<SkippedRow> _skipped = [];
    private readonly HashSet<string> _ids = [];
    private int _rows;

    public IReadOnlyList<Prompt> Prompts => _prompts;
    public IReadOnlyList<SkippedRow> Skipped => _skipped;

    /// <summary>True once the scenario's limit is reached.</summary>
    public bool Full => _prompts.Count >= limit;

    public void Add(int line, RowResult row)
    {
        if (++_rows > MaxRows)
        {
            throw new PromptException($"{path}:{line}: more than {MaxRows:N0} rows; split the file or set limit:");
        }

        switch (row)
        {
            case RowResult.Unreadable unreadable:
                _skipped.Add(new SkippedRow(path, line, unreadable.Reason));
                break;
            case RowResult.Read read:
                _prompts.Add(new Prompt(Name(read.Id), read.Messages, read.Expected, read.Tags) { Assertions = read.Assertions });
                break;
        }
    }

    /// <summary>Throws when the file gave nothing or more than 0.1 % of its rows are unreadable.</summary>
    public void Check()
    {
        if (_skipped.Count > _rows * MaxSkippedShare)
        {
            var first = string.Join("; ", _skipped.Take(3).Select(row => string.Create(CultureInfo.InvariantCulture, $"line {row.Row}: {row.Reason}")));
            throw new PromptException(
                $"{path}:{_skipped[0].Row}: {_skipped.Count} of {_rows} rows are unreadable ({first}); at most 0.1 % may be: "
                + "repair them, or name the format if it was taken for another");
        }

        if (_prompts.Count == 0)
        {
            throw new PromptException($"{path}: holds no prompts; give at least one row");
        }
    }

    private string Name(string? given)
    {
        var name = given is { Length: > 0 and <= MaxIdLength }
            ? given
            : string.Create(CultureInfo.InvariantCulture, $"p{_rows}");
        var unique = name;
        for (var copy = 2; !_ids.Add(unique); copy++)
        {
            // The row number makes the second guess nearly always free, so a file of equal ids stays linear.
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}#{(copy == 2 ? _rows : _rows + copy)}");
        }

        return unique;
    }
}
