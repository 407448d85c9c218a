using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Content;

/// <summary>Reads <c>content.jsonl.gz</c>: bounded, and as far as it goes when a killed run left it cut.</summary>
public static class ContentFile
{
    /// <summary>A line holds one request's texts.</summary>
    private const int MaxLine = 4 * 1024 * 1024;

    private const int MaxLines = 100_000;

    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Empty when the run kept no texts.</summary>
    /// <exception cref="JournalException">The file is of a newer tool.</exception>
    public static IEnumerable<ContentLine> Read(string folder)
    {
        var path = Path.Combine(folder, ContentWriter.FileName);
        if (!File.Exists(path))
        {
            yield break;
        }

        using var unpacked = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var number = 0;
        while (number++ < MaxLines && Next(unpacked) is { } text)
        {
            if (number == 1)
            {
                Check(text, path);
            }
            else if (Parse(text) is { } line)
            {
                yield return line;
            }
        }
    }

    private static void Check(string text, string path)
    {
        var header = Try<ContentHeader>(text);
        if (header is { Schema: > ContentHeader.CurrentSchema })
        {
            throw new JournalException($"{path}: schema {header.Schema} is newer than this tool knows ({ContentHeader.CurrentSchema}); update ChaosBench");
        }
    }

    private static ContentLine? Parse(string text) => Try<ContentLine>(text);

    private static T? Try<T>(string text)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null at the end, and where the packed stream is cut or a line is longer than any of ours.</summary>
    private static string? Next(StreamReader reader)
    {
        try
        {
            var line = new System.Text.StringBuilder();
            for (var read = reader.Read(); read != '\n'; read = reader.Read())
            {
                if (read < 0 || line.Length > MaxLine)
                {
                    return null;
                }

                line.Append((char)read);
            }

            return line.ToString();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
