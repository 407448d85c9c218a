using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Scenarios.Traces;

/// <summary>A trace of hundreds of megabytes, packed, is imported by a process that may hold far less.</summary>
public sealed class TraceMemoryTests : IDisposable
{
    private const long Size = 200L << 20;

    /// <summary>64 MiB for everything managed: a process that needs more ends with an OutOfMemoryException.</summary>
    private const string Ceiling = "export DOTNET_GCHeapHardLimit=0x4000000;";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("mooncake")]
    [InlineData("azure")]
    [InlineData("sharegpt")]
    public async Task Import_HundredsOfMegabytes_NeedsBoundedMemory(string format)
    {
        Skip.If(OperatingSystem.IsWindows(), "the ceiling is set by a shell");
        var path = Path.Combine(_folder.Path, "trace.gz");
        var rows = Write(path, format);

        using var import = CommandProcess.Start(_folder.Path, Ceiling, ["import", format, path, "--json"]);

        Assert.True(await import.ExitAsync() == 0, import.Error);
        using var told = JsonDocument.Parse(import.Output);
        Assert.Equal(rows, told.RootElement.GetProperty("rows").GetInt64());
    }

    private static long Write(string path, string format)
    {
        using var file = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        var (given, row) = (0L, 0L);
        for (; given < Size; row++)
        {
            var text = Encoding.UTF8.GetBytes(Row(format, row));
            file.Write(text);
            given += text.Length;
        }

        file.Write(format == "sharegpt" ? "]"u8 : ""u8);
        return row;
    }

    private static string Row(string format, long row) => format switch
    {
        "mooncake" => FormattableString.Invariant(
            $"{{\"timestamp\": {row * 250}, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, {row}]}}\n"),
        "azure" => (row == 0 ? "TIMESTAMP,ContextTokens,GeneratedTokens\n" : "")
            + $"{new DateTime(2024, 5, 1).AddMilliseconds(row * 20):yyyy-MM-dd HH:mm:ss.fffffff}+00:00,{row % 4000},{row % 700}\r\n",
        _ => FormattableString.Invariant(
            $"{(row == 0 ? "[" : ",")}{{\"id\":\"{row}\",\"conversations\":[{{\"from\":\"human\",\"value\":\"{new string('a', 800)}\"}},")
            + $"{{\"from\":\"gpt\",\"value\":\"{new string('b', 1200)}\"}}]}}\n",
    };
}
