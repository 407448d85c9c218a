using System.Globalization;
using System.Text.Json;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>Rows of one JSON document: an array, or an object that holds the rows under <c>payloads</c>, <c>examples</c> or by group.</summary>
internal static class JsonDocumentRows
{
    private static readonly string[] RowKeys = ["payloads", "examples", "prompts", "data", "rows"];

    public static void Read(byte[] document, string path, int firstLine, RecordedFormat? format, RowCollector rows)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                ReadArray(ref reader, document, firstLine, format, rows);
            }
            else
            {
                var root = JsonElement.ParseValue(ref reader);
                reader.Read();
                ReadObject(root, path, firstLine, rows);
            }
        }
        catch (JsonException broken)
        {
            var line = firstLine + (broken.LineNumber ?? 0);
            throw new PromptException(
                string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: is neither JSON lines nor a JSON document; repair it, or name the format (text: one prompt a line)"),
                broken);
        }
    }

    /// <summary>One element at a time, so that a large array costs its bytes and not a tree of them.</summary>
    private static void ReadArray(ref Utf8JsonReader reader, byte[] document, int firstLine, RecordedFormat? format, RowCollector rows)
    {
        var line = firstLine;
        var counted = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var at = (int)reader.TokenStartIndex;
            line += document.AsSpan(counted, at - counted).Count((byte)'\n');
            counted = at;
            var element = JsonElement.ParseValue(ref reader);
            if (!rows.Full)
            {
                rows.Add(line, JsonRow.Read(element, format));
            }
        }

        // Anything after the array is an error, which this call throws.
        reader.Read();
    }

    /// <summary>A list under one of the known keys, or nothing but lists of texts: groups by name.</summary>
    public static bool HoldsRows(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && (Listed(root) is not null
            || root.EnumerateObject().All(group => group.Value.ValueKind == JsonValueKind.Array
                && group.Value.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String)));

    private static JsonElement? Listed(JsonElement root)
    {
        foreach (var key in RowKeys)
        {
            if (root.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array)
            {
                return list;
            }
        }

        return null;
    }

    private static void ReadObject(JsonElement root, string path, int line, RowCollector rows)
    {
        if (!HoldsRows(root))
        {
            throw new PromptException(
                string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: a JSON document without rows; give an array, or an object with one of {string.Join(", ", RowKeys)}"));
        }

        if (Listed(root) is { } list)
        {
            AddAll(list, line, null, rows);
            return;
        }

        foreach (var group in root.EnumerateObject())
        {
            AddAll(group.Value, line, group.Name, rows);
        }
    }

    private static void AddAll(JsonElement list, int line, string? group, RowCollector rows)
    {
        foreach (var element in list.EnumerateArray())
        {
            if (rows.Full)
            {
                return;
            }

            var row = JsonRow.Read(element, null);
            rows.Add(line, row is RowResult.Read read && group is not null ? read with { Tags = read.Tags.With(("group", group)) } : row);
        }
    }
}
