using System.Globalization;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Writers;

/// <summary>The command that repeats a run.</summary>
internal static class Replay
{
    public static string Command(RunReport run) => run.Manifest.ReplayCommand is { } command ? Markdown.Plain(command) : string.Create(
        CultureInfo.InvariantCulture,
        $"chaosbench run {Quoted(run.Manifest.ScenarioFile)} --scenario {Quoted(run.Summary.Scenario)} --seed "
            + $"{run.Summary.Seed}");

    /// <summary>For a POSIX shell; control characters have no place in a command to copy.</summary>
    private static string Quoted(string word)
    {
        var plain = Markdown.Plain(word).Replace("```", "", StringComparison.Ordinal);
        return plain.Length > 0 && plain.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '/')
            ? plain : "'" + plain.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }
}
