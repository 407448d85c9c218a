using System.Text;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>
/// Tells a text's language: by its script where that decides, and by its commonest words where the script is Latin. Neither knows
/// languages beyond its list, so text in one of those is taken for none, or for the nearest that is listed.
/// </summary>
public static class LanguageTeller
{
    /// <summary>Characters that are looked at.</summary>
    private const int Looked = 4_000;

    /// <summary>Common words below which nothing is told. One of them must have two letters: the tag <c>a</c> of HTML is no Portuguese.</summary>
    private const int FewestWords = 2;

    private static readonly (string Code, HashSet<string> Words)[] Common =
    [
        ("en", Set("the of and to in is that it was for on are with as his they be at this have from or had by not but what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two him see could no make than been its who now people my made over did down only find use may")),
        ("de", Set("der die und das ist nicht ein eine ich zu den mit sich des auf für sie es dem im von wir auch als an nach wie aus er hat dass bei oder um sind noch wird einen haben einer so über war kann aber wenn nur werden mir vor zur bis mehr durch man sein wurde ihre dann unter soll zum keine bitte")),
        ("fr", Set("le la les de des et un une est que qui dans pour pas au il sur ce se ne sont avec plus par je elle vous nous mais ou du été aux cette ces son sa leur être fait comme tout ont même si peut très bien c'est d'un d'une l'on votre")),
        ("es", Set("el la los las de que y en un una es por con no se su para al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante uno ni contra ese eso del son está fue ha")),
        ("it", Set("il lo la i gli le di che e un una è per non con si da in sono come più ma anche del della dei delle al alla ai nel nella questo questa ha ho hanno se ci suo sua essere stato molto tutto quando dove perché io")),
        ("pt", Set("o a os as de que e do da em um uma para com não por mais dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus você são")),
        ("nl", Set("de het een en van ik te dat die in is niet zijn op aan met als voor er maar om hem dan zou of wat mijn men dit zo door over ze zich bij ook tot je mij uit der daar haar naar heb hoe heeft hebben deze u want nog zal me zij nu ge geen omdat iets worden")),
    ];

    /// <summary>ISO 639-1, or null when nothing can be told.</summary>
    public static string? Of(string text)
    {
        var shown = text.AsSpan(0, Math.Min(Looked, text.Length)).ToString();
        return ByScript(shown) ?? ByWords(shown);
    }

    /// <summary>Null: mostly Latin, or no letters.</summary>
    private static string? ByScript(string text)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var rune in text.EnumerateRunes().Where(Rune.IsLetter))
        {
            var script = ScriptOf(rune.Value);
            counts[script] = counts.GetValueOrDefault(script) + 1;
        }

        if (counts.Count == 0)
        {
            return null;
        }

        // Japanese mixes its own signs with Chinese ones; Chinese never has kana.
        var kana = counts.GetValueOrDefault("ja");
        if (kana > 0)
        {
            counts["ja"] = kana + counts.GetValueOrDefault("zh");
            counts.Remove("zh");
        }

        var most = counts.MaxBy(script => script.Value).Key;
        return most is "latin" or "other" ? null : most;
    }

    private static string ScriptOf(int value) => value switch
    {
        < 0x250 or (>= 0x1E00 and < 0x1F00) => "latin",
        >= 0x370 and < 0x400 => "el",
        >= 0x400 and < 0x530 => "ru",
        >= 0x590 and < 0x600 => "he",
        >= 0x600 and < 0x780 => "ar",
        >= 0x900 and < 0x980 => "hi",
        >= 0xE00 and < 0xE80 => "th",
        >= 0x3040 and < 0x3100 => "ja",
        (>= 0x3400 and < 0xA000) or (>= 0x20000 and < 0x32000) => "zh",
        (>= 0x1100 and < 0x1200) or (>= 0xAC00 and < 0xD7B0) => "ko",
        _ => "other",
    };

    private static string? ByWords(string text)
    {
        var words = text.ToLowerInvariant().Replace('\u2019', '\'')
            .Split([.. " \t\r\n.,;:!?()[]{}<>/\\|\"«»„“”*_#`~=+-0123456789"], StringSplitOptions.RemoveEmptyEntries);
        var ranked = Common.Select(language => (language.Code, Count: CountOf(words, language.Words)))
            .OrderByDescending(language => language.Count).ToList();
        return ranked[0].Count >= FewestWords && ranked[0].Count > ranked[1].Count ? ranked[0].Code : null;
    }

    private static int CountOf(string[] words, HashSet<string> common)
    {
        var known = words.Where(common.Contains).ToList();
        return known.Exists(word => word.Length > 1) ? known.Count : 0;
    }

    private static HashSet<string> Set(string words) => new(words.Split(' '), StringComparer.Ordinal);
}
