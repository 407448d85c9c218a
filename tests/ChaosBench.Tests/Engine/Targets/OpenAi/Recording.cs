using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChaosBench.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>What a real service answered to a real client.</summary>
/// <param name="Body">As it went over the wire, without compression.</param>
internal sealed record Recording(string Uri, int Status, bool IsStream, byte[] Body)
{
    /// <summary>Every exchange in a folder of the data, by file; skips the test where there is none.</summary>
    public static IReadOnlyList<(string File, Recording Recording)> In(string folder)
    {
        var all = Directory.EnumerateFiles(DataFolder.Require(folder)).Order(StringComparer.Ordinal)
            .SelectMany(file => Read(file).Select(recording => (Path.GetFileName(file), recording))).ToList();
        Skip.If(all.Count == 0, $"no recordings in {folder}");
        return all;
    }

    public bool IsChat => Uri.EndsWith("/chat/completions", StringComparison.Ordinal);

    private static List<Recording> Read(string file)
    {
        if (file.EndsWith(".json", StringComparison.Ordinal))
        {
            using var session = JsonDocument.Parse(File.ReadAllBytes(file));
            return [.. session.RootElement.GetProperty("Entries").EnumerateArray().Select(OfSession)];
        }

        var yaml = new YamlStream();
        using var text = new StreamReader(file);
        yaml.Load(text);
        return [.. ((YamlSequenceNode)yaml.Documents[0].RootNode["interactions"]).Select(OfCassette)];
    }

    private static Recording OfSession(JsonElement entry)
    {
        var body = entry.GetProperty("ResponseBody");
        var isStream = body.ValueKind == JsonValueKind.Array;
        return new Recording(
            entry.GetProperty("RequestUri").GetString()!,
            entry.GetProperty("StatusCode").GetInt32(),
            isStream,
            Encoding.UTF8.GetBytes(isStream ? string.Concat(body.EnumerateArray().Select(e => e.GetString())) : body.GetRawText()));
    }

    private static Recording OfCassette(YamlNode interaction)
    {
        var reply = interaction["response"];
        var body = (YamlScalarNode)reply["body"]["string"];
        return new Recording(
            ((YamlScalarNode)interaction["request"]["uri"]).Value!,
            int.Parse(((YamlScalarNode)reply["status"]["code"]).Value!, System.Globalization.CultureInfo.InvariantCulture),
            body.Value!.StartsWith("data:", StringComparison.Ordinal) || body.Value.StartsWith("event:", StringComparison.Ordinal),
            body.Tag == "tag:yaml.org,2002:binary" ? Unzip(Convert.FromBase64String(body.Value)) : Encoding.UTF8.GetBytes(body.Value));
    }

    public ReadOnlyMemory<byte> Wire()
    {
        var head = $"HTTP/1.1 {Status} X\r\nContent-Type: {(IsStream ? "text/event-stream; charset=utf-8" : "application/json")}\r\n"
            + $"Content-Length: {Body.Length}\r\nConnection: close\r\n\r\n";
        return (byte[])[.. Encoding.ASCII.GetBytes(head), .. Body];
    }

    /// <summary>The same in chunks of up to 1000 bytes.</summary>
    public byte[] Chunked()
    {
        var wire = new List<byte>(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {Status} X\r\nContent-Type: {(IsStream ? "text/event-stream; charset=utf-8" : "application/json")}\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));
        foreach (var chunk in Body.Chunk(1000))
        {
            wire.AddRange([.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]);
        }

        return [.. wire, .. "0\r\n\r\n"u8];
    }

    /// <summary>The last number after the field's name in the reply's text: found without any parser of ours.</summary>
    public int? UsageField(string name)
    {
        var matches = System.Text.RegularExpressions.Regex.Matches(Encoding.UTF8.GetString(Body), $"\"{name}\": ?(\\d+)");
        return matches.Count == 0 ? null : int.Parse(matches[^1].Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] Unzip(byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..])
        {
            return bytes;
        }

        using var plain = new MemoryStream();
        using var zip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        zip.CopyTo(plain);
        return plain.ToArray();
    }
}
