using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>Reads <c>gender male/female: he/she, his/her, Mr/Mrs</c>.</summary>
internal static partial class SwapText
{
    private const string Example = "gender male/female: he/she, his/her";
    private const int MostGroups = 8;

    public static Parsed<WordSwap> Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var head = colon < 0 ? [] : text[..colon].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (head is not [var name, var named] || !Name().IsMatch(name))
        {
            return new Flaw($"{Shown.Quoted(text)} names no groups", $"write what differs, the groups and their words: {Example}");
        }

        var groups = named.Split('/');
        if (groups.Length is < 2 or > MostGroups || groups.Any(group => !Name().IsMatch(group)) || groups.Distinct(StringComparer.Ordinal).Count() < groups.Length)
        {
            return new Flaw($"{Shown.Quoted(named)} are not 2 to {MostGroups} different groups", $"write them with a slash between: {Example}");
        }

        IReadOnlyList<string>[] rows = [.. text[(colon + 1)..].Split(',').Select(row => (IReadOnlyList<string>)[.. row.Split('/').Select(word => word.Trim())])];
        var wrong = rows.FirstOrDefault(row => row.Count != groups.Length || row.Any(word => word.Length is 0 or > 60));
        return wrong is null ? new WordSwap(name, groups, rows)
            : new Flaw($"{Shown.Quoted(string.Join('/', wrong))} is not one word for each of {named}", $"write {groups.Length} words with a slash between");
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
