using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Replies that real services gave to real clients, served again byte for byte on loopback.</summary>
public class RecordedReplyTests
{
    [SkippableFact]
    public async Task SendAsync_RecordedByOpenAiDotnet_ParsesEach()
    {
        var folder = DataFolder.Require("recorded/openai-dotnet");
        var replayed = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order())
        {
            using var recording = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
            foreach (var entry in recording.RootElement.GetProperty("Entries").EnumerateArray())
            {
                await ReplayAsync(Path.GetFileName(file), Recording.OfSession(entry));
                replayed++;
            }
        }

        Skip.If(replayed == 0, "no recordings in the data folder");
    }

    [SkippableFact]
    public async Task SendAsync_RecordedByOpenLlmetry_ParsesEach()
    {
        var folder = DataFolder.Require("recorded/openllmetry");
        var replayed = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml").Order())
        {
            var yaml = new YamlStream();
            using var text = new StreamReader(file);
            yaml.Load(text);
            foreach (var interaction in (YamlSequenceNode)yaml.Documents[0].RootNode["interactions"])
            {
                await ReplayAsync(Path.GetFileName(file), Recording.OfCassette(interaction));
                replayed++;
            }
        }

        Skip.If(replayed == 0, "no recordings in the data folder");
    }

    private static async Task ReplayAsync(string file, Recording recording)
    {
        await using var server = new ScriptedServer(new Answer(recording.Wire()));

        var (response, instants) = await Ask.OnceAsync(Ask.Settings(server.Url), Plans.Arrival(0, 0, stream: recording.IsStream));

        var expected = recording.Status >= 400 ? Outcomes.FromStatus(recording.Status)
            : recording.Uri.EndsWith("/responses", StringComparison.Ordinal) ? Outcome.Malformed : Outcome.Completed;
        Assert.True(expected == response.Outcome, $"{file}: {response.Outcome} ({response.Reason})");
        Assert.Equal(recording.Status, response.Status);
        if (expected == Outcome.Completed)
        {
            Assert.NotNull(response.FinishReason);
            Assert.NotNull(instants.FirstToken);
            Assert.Equal(recording.UsageField("completion_tokens") ?? (int)instants.Tokens, response.OutputTokens);
            Assert.Equal(recording.UsageField("prompt_tokens"), response.InputTokens);
        }
    }

    /// <param name="Body">As it went over the wire, without compression.</param>
    private sealed record Recording(string Uri, int Status, bool IsStream, byte[] Body)
    {
        public static Recording OfSession(JsonElement entry)
        {
            var body = entry.GetProperty("ResponseBody");
            var isStream = body.ValueKind == JsonValueKind.Array;
            return new Recording(
                entry.GetProperty("RequestUri").GetString()!,
                entry.GetProperty("StatusCode").GetInt32(),
                isStream,
                Encoding.UTF8.GetBytes(isStream ? string.Concat(body.EnumerateArray().Select(e => e.GetString())) : body.GetRawText()));
        }

        public static Recording OfCassette(YamlNode interaction)
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
}
