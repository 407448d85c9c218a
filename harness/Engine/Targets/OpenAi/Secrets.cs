namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>Takes known secrets out of text that comes from libraries and peers before anybody sees it.</summary>
internal sealed class Secrets
{
    // Shorter values would blot out ordinary words, and are no secrets.
    private const int MinLength = 4;

    private readonly string[] _values;

    public Secrets(OpenAiSettings settings)
    {
        string?[] all =
        [
            settings.ApiKey, .. settings.Headers.Values, Uri.UnescapeDataString(settings.Url.UserInfo), settings.Url.UserInfo,
            settings.Url.Query.TrimStart('?'), settings.Proxy?.UserInfo,
        ];
        _values = [.. all.OfType<string>().Where(value => value.Length >= MinLength).Distinct().OrderByDescending(value => value.Length)];
    }

    public string Scrub(string text)
    {
        foreach (var secret in _values)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }
}
