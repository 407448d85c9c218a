using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ChaosBench.Tests.Server;

/// <summary>What real clients sent to OpenAI, sent to this server: accepted, or refused for a reason that is listed here.</summary>
public sealed class RecordedRequestTests
{
    /// <summary>Paths of OpenAI's that this server does not have; everything under them is refused with 404.</summary>
    private static readonly string[] NotHere = ["/v1/responses", "/v1/chat/completions/"];

    [SkippableFact]
    public async Task EveryRecordedRequest_IsAcceptedOrRefusedForAListedReason()
    {
        var requests = Read(DataFolder.Require("recorded"));
        var options = new ServerOptions { Model = TriageModel.RequireFolder(), Device = "cpu", Replicas = 1, MaxBatch = 8 };
        await using var server = await ModelServer.StartAsync(options, TimeProvider.System, default);
        await using var face = await HttpFace.StartAsync(server, new HttpFaceOptions(), TimeProvider.System, default);
        using var client = new HttpClient { Timeout = FakeModel.Patience };

        Assert.True(requests.Count > 20, $"{requests.Count} requests were found");
        foreach (var (place, method, path, body) in requests)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(face.BaseAddress, path));
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            using var reply = await client.SendAsync(request);
            var text = await reply.Content.ReadAsStringAsync();

            if (Array.Exists(NotHere, start => path.StartsWith(start, StringComparison.Ordinal)))
            {
                Assert.True((int)reply.StatusCode == 404 && text.Contains("\"not_found\"", StringComparison.Ordinal), $"{place}: {text}");
                continue;
            }

            Assert.True((int)reply.StatusCode == 200, $"{place}: {text}");
            AssertWhole(JsonSerializer.Deserialize<JsonElement>(body!), text, place);
        }
    }

    /// <summary>The form that was asked for, to its end.</summary>
    private static void AssertWhole(JsonElement body, string reply, string place)
    {
        if (body.TryGetProperty("stream", out var stream) && stream.GetBoolean())
        {
            Assert.True(reply.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal), $"{place}: {reply}");
            var usage = body.TryGetProperty("stream_options", out _);
            Assert.Equal(usage, reply.Contains("\"usage\":{\"prompt_tokens\":", StringComparison.Ordinal));
        }
        else
        {
            var choice = JsonSerializer.Deserialize<JsonElement>(reply).GetProperty("choices")[0];
            Assert.Contains(choice.GetProperty("finish_reason").GetString(), (string[])["stop", "length"]);
        }

        var explained = body.TryGetProperty("logprobs", out var logProbs) && logProbs.GetBoolean();
        Assert.Equal(explained, reply.Contains("\"logprobs\":{", StringComparison.Ordinal));
    }

    private static List<(string Place, string Method, string Path, string? Body)> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(Sessions),
        .. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(Cassettes),
    ];

    /// <summary>Session records of the official .NET client.</summary>
    private static IEnumerable<(string, string, string, string?)> Sessions(string file)
    {
        var session = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file));
        foreach (var (at, entry) in session.GetProperty("Entries").EnumerateArray().Index())
        {
            var body = entry.GetProperty("RequestBody");
            yield return ($"{Path.GetFileName(file)} {at}", entry.GetProperty("RequestMethod").GetString()!,
                new Uri(entry.GetProperty("RequestUri").GetString()!).PathAndQuery,
                body.ValueKind == JsonValueKind.Object ? body.GetRawText() : null);
        }
    }

    /// <summary>VCR cassettes of Python clients.</summary>
    private static IEnumerable<(string, string, string, string?)> Cassettes(string file)
    {
        var cassette = new YamlStream();
        using var reader = File.OpenText(file);
        cassette.Load(reader);
        var interactions = (YamlSequenceNode)cassette.Documents[0].RootNode["interactions"];
        foreach (var (at, interaction) in interactions.Index())
        {
            var request = interaction["request"];
            yield return ($"{Path.GetFileName(file)} {at}", request["method"].ToString(), new Uri(request["uri"].ToString()).PathAndQuery,
                request["body"].ToString());
        }
    }
}
