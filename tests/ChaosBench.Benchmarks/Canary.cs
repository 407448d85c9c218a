using System.Text;
using System.Text.Json;

namespace ChaosBench.Benchmarks;

/// <summary>A recorded ticket whose answer is known.</summary>
internal sealed class Canary
{
    // Every answer ends with it; a model without an end token goes on behind it.
    private const string Closing = "\"}";

    private readonly Uri _address;
    private readonly string _expected;

    /// <param name="endless">The model never says its end token.</param>
    public Canary(Uri address, bool endless = false)
    {
        var line = JsonSerializer.Deserialize<JsonElement>(File.ReadLines(Path.Combine(Machine.Root, "scenarios", "recorded", "canaries.jsonl")).First());
        var (prompt, expected) = (line.GetProperty("prompt").GetString()!, line.GetProperty("expected").GetString()!);
        (_address, _expected) = (address, endless ? expected[..^Closing.Length] : expected);
        Body = JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = prompt } }, temperature = 0, max_tokens = 64, stop = endless ? (string[])[Closing] : [],
        });
    }

    public string Body { get; }

    /// <summary>1 when it is answered right, otherwise 0.</summary>
    public async Task<int> AskAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var content = new StringContent(Body, Encoding.UTF8, "application/json");
        try
        {
            using var reply = await client.PostAsync(new Uri(_address, "v1/chat/completions"), content);
            if (!reply.IsSuccessStatusCode)
            {
                return 0;
            }

            using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
            return json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() == _expected ? 1 : 0;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return 0;
        }
    }
}
