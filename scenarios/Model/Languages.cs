namespace ChaosBench.Scenarios.Model;

/// <summary>Languages that an answer can be told to be in.</summary>
public static class Languages
{
    /// <summary>ISO 639-1 codes: by script alone (Arabic to Chinese), and by common words where the script is Latin.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["en", "de", "fr", "es", "it", "pt", "nl", "ar", "el", "he", "hi", "ja", "ko", "ru", "th", "zh"];
}
