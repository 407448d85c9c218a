using System.CommandLine;
using System.Text.RegularExpressions;
using ChaosBench.Chaos;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Prompts.Mutators;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Harness.Completing;

/// <summary>
/// Values of options and arguments that are known or can be looked up: by their names, which mean the same in every command.
/// </summary>
internal static partial class Values
{
    private const int MostBytes = 1 << 20;
    private const int MostRuns = 50;

    /// <param name="before">Arguments that stand before the cursor.</param>
    public static IEnumerable<string> Of(Option option, Command command, IReadOnlyList<string> before, string current) =>
        option switch
    {
        { Name: "--scenario" } => Scenarios(command, before),
        { Name: "--replay" } when option.ValueType == typeof(DirectoryInfo) => Runs(current),
        { HelpName: { } words } when Choices().IsMatch(words) => words.Split('|'),
        { ValueType.IsEnum: true } => Enum.GetNames(option.ValueType).Select(name => name.ToLowerInvariant()),
        _ => [],
    };

    public static IEnumerable<string> Of(Argument argument, string current) => argument.Name switch
    {
        "RUN" or "BASELINE_RUN" or "CANDIDATE_RUN" => Runs(current),
        "ID" => FaultCatalogue.All.Select(fault => fault.Name).Concat(FaultPresets.All.Select(preset => preset.Name)),
        "FORMAT" => TraceFormats.All.Select(format => format.Name).Append("auto"),
        "SHELL" => Scripts.Shells,
        _ => [],
    };

    /// <summary>Of the file that the line names; in one that is not valid (yet), what looks like a scenario's name.</summary>
    private static IEnumerable<string> Scenarios(Command command, IReadOnlyList<string> before)
    {
        var at = command.Arguments.ToList().FindIndex(argument => argument.Name == "FILE");
        if (at < 0 || at >= before.Count || Text(before[at]) is not { } bytes)
        {
            return [];
        }

        var read = ScenarioReader.Read(before[at], bytes, new ReadOptions { Faults = FaultCatalogue.All,
            Mutators = MutatorCatalogue.Names, FileExists = Path.Exists });
        return read.Suite?.Scenarios.Select(scenario => scenario.Name)
            ?? Name().Matches(System.Text.Encoding.UTF8.GetString(bytes)).Select(match => match.Groups[1].Value);
    }

    /// <summary>The newest in the folder that is being written, or in <c>runs</c>; else folders on the way.</summary>
    private static List<string> Runs(string current)
    {
        var slash = current.LastIndexOf('/');
        var folder = slash >= 0 ? current[..(slash + 1)] : "";
        try
        {
            var where = new DirectoryInfo(folder.Length > 0 ? folder : ".");
            var runs = RunsIn(where, folder).ToList();
            return runs.Count > 0 || folder.Length > 0 ? runs : RunsIn(new DirectoryInfo("runs"), "runs/").ToList();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    private static IEnumerable<string> RunsIn(DirectoryInfo folder, string prefix) => !folder.Exists ? [] :
        folder.EnumerateDirectories().Where(run => File.Exists(Path.Combine(run.FullName, RunFolder.ManifestName)))
            .OrderByDescending(run => run.Name, StringComparer.Ordinal).Take(MostRuns).Select(run => prefix + run.Name);

    private static byte[]? Text(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MostBytes } ? File.ReadAllBytes(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[a-z]+(?:\|[a-z]+)+$")]
    private static partial Regex Choices();

    [GeneratedRegex("""^ {0,6}-? *name: *["']?([A-Za-z0-9][A-Za-z0-9._-]*)""", RegexOptions.Multiline)]
    private static partial Regex Name();
}
