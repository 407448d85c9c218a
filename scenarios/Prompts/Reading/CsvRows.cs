using System.Text;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>CSV (RFC 4180) with a header: column <c>prompt</c> (or <c>question</c>, <c>text</c>, <c>input</c>), optionally <c>id</c> and <c>expected</c>.</summary>
internal static class CsvRows
{
    private static readonly string[] PromptColumns = ["prompt", "question", "text", "input"];

    public static void Read(byte[] document, string path, int firstLine, RowCollector rows)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(document);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new PromptException($"{path}: is not valid UTF-8; convert it", invalid);
        }

        using var reader = new StringReader(text);
        using var records = CsvRecords.Read(reader, path, firstLine).GetEnumerator();
        records.MoveNext();
        var header = records.Current.Fields.ConvertAll(name => name.Trim().ToLowerInvariant());
        var prompt = Array.Find(PromptColumns, header.Contains)
            ?? throw new PromptException($"{path}:{firstLine}: no column named prompt; name one of {string.Join(", ", PromptColumns)} in the first line");
        while (!rows.Full && records.MoveNext())
        {
            var (line, fields) = records.Current;
            string? Field(string name) => header.IndexOf(name) is >= 0 and var at && at < fields.Count ? fields[at] : null;
            rows.Add(line, fields.Count != header.Count
                ? new RowResult.Unreadable(FormattableString.Invariant($"{fields.Count} fields where the header has {header.Count}"))
                : (RowResult.Read)RowResult.Text(Field(prompt)!) with { Id = Field("id"), Expected = Field("expected") });
        }
    }
}
