using System.Text.Json;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>What an endpoint says of itself, for the manifest.</summary>
internal static class ServerFacts
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxModels = 20;
    private const int MaxName = 100;

    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        HttpResponseMessage response, OpenAiSettings settings, CancellationToken cancellation)
    {
        var facts = new Dictionary<string, string>
        {
            ["api"] = settings.Api == Scenarios.Model.OpenAiApi.Chat ? "chat" : "completions",
            ["model"] = settings.Model,
        };
        if (response.Headers.NonValidated.TryGetValues("Server", out var server))
        {
            facts["server"] = OneLine.Of(server.ToString(), MaxName);
        }

        if (!response.IsSuccessStatusCode)
        {
            facts["models"] = $"not listed (HTTP {(int)response.StatusCode})";
            return facts;
        }

        var models = await ModelsAsync(response, cancellation).ConfigureAwait(false);
        facts["models"] = models is null ? "not listed"
            : string.Join(", ", models.Take(MaxModels)) + (models.Count > MaxModels ? $" and {models.Count - MaxModels} more" : "");
        if (models is not null)
        {
            facts["model listed"] = models.Contains(settings.Model) ? "yes" : "no";
        }

        return facts;
    }

    private static async Task<List<string>?> ModelsAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var bytes = new byte[MaxBytes];
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, count));
            return
            [
                .. document.RootElement.GetProperty("data").EnumerateArray()
                    .Select(model => OneLine.Of(model.GetProperty("id").GetString(), MaxName)).OfType<string>(),
            ];
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
