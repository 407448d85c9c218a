using System.Globalization;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces.Reading;

/// <summary>A CSV file whose columns are found by the names in its first line, in any case and order.</summary>
internal static class CsvTable
{
    private const int MostTokens = 100_000_000;

    /// <summary>Throws <see cref="PromptException"/> when a column is missing.</summary>
    public static IEnumerable<TraceItem> Read(TraceFile file, string[] needed, Func<CsvRow, TraceRecord?> read)
    {
        List<string>? header = null;
        foreach (var (line, fields) in file.Records())
        {
            if (header is null)
            {
                header = fields.ConvertAll(name => name.Trim().ToLowerInvariant());
                var missing = needed.Where(name => !header.Contains(name.ToLowerInvariant())).ToList();
                if (missing.Count > 0)
                {
                    throw new PromptException(FormattableString.Invariant(
                        $"{file.Path}:{line}: the first line does not name the column {missing[0]}; put this line before it: {string.Join(',', needed)}"));
                }
            }
            else if (fields.Count != header.Count)
            {
                yield return new TraceItem.Skipped(
                    line, FormattableString.Invariant($"{fields.Count} fields where the header has {header.Count}"));
            }
            else
            {
                var row = new CsvRow(header, fields);
                yield return read(row) is { } record && row.Flaw is null
                    ? new TraceItem.Row(record with { Line = line })
                    : new TraceItem.Skipped(line, row.Flaw ?? "cannot be read");
            }
        }
    }

    public static int? Tokens(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and <= MostTokens && number == decimal.Truncate(number) ? (int)number : null;
}

/// <summary>One record by the names of its columns. The first that is wrong names the row's flaw.</summary>
internal sealed class CsvRow(List<string> header, List<string> fields)
{
    public string? Flaw { get; private set; }

    public string? Find(string column)
    {
        var at = 0;
        while (at < header.Count && !header[at].Equals(column, StringComparison.OrdinalIgnoreCase))
        {
            at++;
        }

        return at == header.Count || fields[at].Trim() is not { Length: > 0 } text ? null : text;
    }

    public int Tokens(string column)
    {
        if (Find(column) is { } text && CsvTable.Tokens(text) is { } tokens)
        {
            return tokens;
        }

        Flaw ??= $"{column} is no number of tokens";
        return 0;
    }

    public long? Time(string column, TimeUnit unit) =>
        Checked(column, Find(column) is { } text
            ? TimeUnits.Parse(text, unit) : null, $"no time in {unit.ToString().ToLowerInvariant()}");

    public long? Date(string column) =>
        Checked(column, Find(column) is { } text
            ? Instants.Parse(text) : null, "no date with a time, like 2023-11-16 18:15:46.6805900");

    private long? Checked(string column, long? value, string wrong)
    {
        if (value is null)
        {
            Flaw ??= $"{column} is {wrong}";
        }

        return value;
    }
}
