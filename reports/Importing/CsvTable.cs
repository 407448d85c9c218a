using System.Globalization;

namespace ChaosBench.Reports.Importing;

/// <summary>A CSV file with a header line. Quotes stay within a line; a last line without an end counts as cut unless it is allowed.</summary>
internal sealed class CsvTable
{
    private const int MaxColumns = 1_000;

    private readonly ResultFile _file;
    private readonly Dictionary<string, int> _columns;

    private CsvTable(ResultFile file, Dictionary<string, int> columns, List<CsvRow> rows, string? cut) =>
        (_file, _columns, Rows, Cut) = (file, columns, rows, cut);

    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>What is missing at the end. Null: nothing that shows.</summary>
    public string? Cut { get; }

    /// <summary>True when the header is there, whole, and has these columns.</summary>
    public static bool HasHeader(ResultFile file, params string[] columns) =>
        file.Begins is not (0 or (byte)'{' or (byte)'[') && file.Lines[0].Text is { Length: < 100_000 } text && columns.All(Fields(text).Contains);

    /// <param name="lines">From the header on; only these are read.</param>
    /// <param name="lastMayBeOpen">The tool writes no end after its last line.</param>
    public static CsvTable Read(ResultFile file, IReadOnlyList<TextLine> lines, bool lastMayBeOpen = false)
    {
        var header = lines.Count > 0 ? Fields(lines[0].Text) : throw new ImportException($"{file.Name}: the file is empty; name one that the tool has finished");
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Count; i++)
        {
            if (header.Count > MaxColumns || !columns.TryAdd(header[i], i))
            {
                throw new ImportException($"{file.Name}:{lines[0].Number}: more than {MaxColumns} columns, or two named '{header[i]}'");
            }
        }

        var rows = new List<CsvRow>();
        string? cut = null;
        foreach (var line in lines.Skip(1).Where(line => line.Text.Length > 0))
        {
            var fields = Fields(line.Text);
            if (!line.Ended && (!lastMayBeOpen || fields.Count != header.Count))
            {
                cut = FormattableString.Invariant($"the last line ({line.Number}) is cut; the {rows.Count} before it were read");
            }
            else if (fields.Count != header.Count)
            {
                throw new ImportException(FormattableString.Invariant($"{file.Name}:{line.Number}: {fields.Count} fields, and the header has {header.Count}; name the file as the tool wrote it"));
            }
            else
            {
                rows.Add(new CsvRow(line.Number, fields));
            }
        }

        return new CsvTable(file, columns, rows, cut);
    }

    public IEnumerable<string> Columns => _columns.Keys;

    public bool Has(string column) => _columns.ContainsKey(column);

    public string Text(CsvRow row, string column) => _columns.TryGetValue(column, out var at)
        ? row.Fields[at] : throw new ImportException($"{_file.Name}:1: no column '{column}'");

    /// <summary>Null: the field is empty or says that there is none.</summary>
    public double? Number(CsvRow row, string column)
    {
        var text = Text(row, column).Trim();
        if (text.Length == 0 || text is "N/A" or "None" or "null")
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value : throw Wrong(row, column, "is no finite number");
    }

    /// <summary>From 0 on.</summary>
    public double Amount(CsvRow row, string column) => Number(row, column) switch
    {
        null => throw Wrong(row, column, "is missing"),
        < 0 => throw Wrong(row, column, "is negative"),
        { } value => value,
    };

    public int Count(CsvRow row, string column) => Amount(row, column) is var value && value == Math.Floor(value) && value <= int.MaxValue
        ? (int)value : throw Wrong(row, column, "is no count");

    public ImportException Wrong(CsvRow row, string column, string what)
    {
        var text = Text(row, column);
        return new ImportException(FormattableString.Invariant($"{_file.Name}:{row.Number}: {column} '{(text.Length > 40 ? text[..40] + "..." : text)}' {what}; name the file as the tool wrote it"));
    }

    /// <summary>Half of the last place of a number as it is written, <c>0.005</c> of <c>12.34</c>.</summary>
    public static double RoundingOf(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return 0.5 * Math.Pow(10, point < 0 ? 0 : -text.Skip(point + 1).TakeWhile(char.IsAsciiDigit).Count());
    }

    internal static List<string> Fields(string line)
    {
        var fields = new List<string>();
        for (var at = 0; at <= line.Length;)
        {
            if (at < line.Length && line[at] == '"')
            {
                var end = at + 1;
                while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')))
                {
                    end += line[end] == '"' ? 2 : 1;
                }

                fields.Add(line[(at + 1)..Math.Min(end, line.Length)].Replace("\"\"", "\"", StringComparison.Ordinal));
                var next = end < line.Length ? line.IndexOf(',', end) : -1;
                at = next < 0 ? line.Length + 1 : next + 1;
            }
            else
            {
                var comma = line.IndexOf(',', at);
                fields.Add(line[at..(comma < 0 ? line.Length : comma)]);
                at = comma < 0 ? line.Length + 1 : comma + 1;
            }
        }

        return fields;
    }
}

/// <param name="Number">Line of the file, from 1.</param>
internal sealed record CsvRow(int Number, IReadOnlyList<string> Fields);
