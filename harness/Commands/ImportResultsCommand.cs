using System.CommandLine;
using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Files.Gates;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench import results FORMAT FILE...</c>: what another tool measured, previewed, and as run folders with <c>--out</c>.</summary>
internal static class ImportResultsCommand
{
    private const string Auto = "auto";

    private static string Formats =>
        string.Join("\n", ResultFormats.All.Select(format => $"  {format.Name,-16} {format.Summary}"));

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = new ImportResultsOptions();
        var command = new Command(
            "results", "Preview what another load generator measured, and make run folders of it with --out\n\n  chaosbench import results auto bench.json\n  chaosbench import results vllm-bench bench.json --out runs\n  chaosbench import results auto bench.json --out runs --gate \"p99 ttft < 2s\"\n  chaosbench import results aiperf profile_export.jsonl --published profile_export_aiperf.json\n\n"
                + $"Formats (auto: told from the file):\n{Formats}\n\nEvery number keeps the id of its definition; numbers of different definitions are never compared.");
        options.AddTo(command);
        command.SetAction((parsed, _) => ImportAsync(options, parsed, terminal, time));
        return command;
    }

    private static async Task<int> ImportAsync(ImportResultsOptions options, ParseResult parsed, Terminal terminal, TimeProvider time)
    {
        var name = parsed.GetValue(options.Format)!;
        var format = name == Auto ? null : ResultFormats.Find(name) ?? throw new UsageException(
            $"there is no result format '{name}'; {Nearest.Remedy(name, [Auto, .. ResultFormats.All.Select(known => known.Name)])}");
        var files = parsed.GetValue(options.Files)!;
        var gates = parsed.GetValue(options.Gates)!.Select(Gate).ToList();
        var published = parsed.GetValue(options.Published)!;
        if (published.Length > 0 && published.Length != files.Length)
        {
            throw new UsageException($"--published: names the totals of each file of requests in their order; {files.Length} of requests and {published.Length} of totals were named.");
        }

        var found = new List<Imported>();
        var problems = new List<string>();
        foreach (var (path, i) in files.Select((path, i) => (path, i)))
        {
            try
            {
                found.AddRange(Read(path, format, published.ElementAtOrDefault(i)));
            }
            catch (ImportException problem)
            {
                problems.Add(problem.Message);
            }
        }

        if (parsed.GetValue(options.Name) is { } wanted && found.Count > 1)
        {
            throw new UsageException($"--name {wanted}: names one run; {found.Count} were found.");
        }

        var exit = await WriteAsync(options, parsed, found, gates, (terminal, time)).ConfigureAwait(false);
        return problems.Count == 0 ? exit : throw new UsageException(problems);
    }

    private static async Task<int> WriteAsync(
        ImportResultsOptions options, ParseResult parsed, List<Imported> found, List<Objective> gates, (Terminal Terminal, TimeProvider Time) with)
    {
        var parent = parsed.GetValue(options.Output);
        var (json, table) = (parsed.GetValue(options.Json), parsed.GetValue(options.Table));
        var codes = new List<int>();
        var shown = new List<object>();
        foreach (var one in found)
        {
            var facts = ImportFolder.Facts(one.Run, one.Files);
            string? folder = null;
            if (parent is not null)
            {
                var orders = new ImportOrders
                {
                    Name = parsed.GetValue(options.Name), Gates = gates, FallbackStart = one.Written, ToolVersion = ToolVersion.Text,
                    Command = Command(one, parent, parsed.GetValue(options.Name), gates),
                };
                (folder, var run) = await ImportFolder.WriteAsync(one.Run, one.Files, orders, parent, with.Time).ConfigureAwait(false);
                codes.Add(run.Summary.ExitCode);
                with.Terminal.Error.WriteLine(Printable.Line($"{folder}: {Running.RunWords.Verdict(run.Summary)}"));
            }

            shown.Add(new { folder, requests = one.Run.Requests.Count, target = one.Run.Target, duration = one.Run.Duration, settings = one.Run.Settings, import = facts });
            if (!json && !table)
            {
                CompareCommand.Printed(with.Terminal, ImportWords.Render(one.Run, facts));
            }
        }

        if (table)
        {
            with.Terminal.Out.Write(ImportTable.Render(found.Select(one => (one.Run, ImportFolder.Facts(one.Run, one.Files)))));
        }
        else if (json)
        {
            with.Terminal.Out.Write(RunFiles.ToJson(shown));
        }

        return codes.Count == 0 ? ExitCodes.Pass : codes.MaxBy(code => code switch { ExitCodes.Error => 3, ExitCodes.Fail => 2, ExitCodes.Inconclusive => 1, _ => 0 });
    }

    private static IEnumerable<Imported> Read(string path, IResultFormat? format, string? published)
    {
        var (file, written) = Open(path);
        var runs = ResultReading.Read(file, format);
        if (published is null)
        {
            return runs.Select(run => new Imported(run, [file], written));
        }

        var (totals, _) = Open(published);
        var told = ResultReading.Read(totals, format);
        return (runs, told) is ([var run], [var of])
            ? [new Imported(ResultReading.Joined(run, of, totals.Name), [file, totals], written)]
            : throw new UsageException($"--published {published}: one run each is joined; {path} has {runs.Count} and {published} {told.Count}.");
    }

    private static (ResultFile File, DateTimeOffset Written) Open(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new UsageException($"{path}: no such file.");
            }

            return file.Length > ResultFile.MaxBytes
                ? throw new UsageException($"{path}: {file.Length} bytes; result files of up to {ResultFile.MaxBytes >> 20} MiB are read.")
                : (new ResultFile(path, File.ReadAllBytes(path)), new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: cannot be read ({broken.Message}).");
        }
    }

    private static Objective Gate(string text)
    {
        var read = GateReader.Read(text);
        return read.Objective ?? throw new UsageException($"--gate \"{text}\": {read.Problem}");
    }

    private static string Command(Imported one, string parent, string? name, List<Objective> gates) => string.Join(' ', [
        "chaosbench import results", one.Run.Format, Quoted(one.Files[0].Name), .. one.Files.Skip(1).Select(file => $"--published {Quoted(file.Name)}"),
        $"--out {Quoted(parent)}", .. name is null ? [] : new[] { $"--name {Quoted(name)}" }, .. gates.Select(gate => $"--gate {Quoted(gate.Text)}")]);

    private static string Quoted(string word) => word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '/')
        ? word : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private sealed record Imported(ImportedRun Run, IReadOnlyList<ResultFile> Files, DateTimeOffset Written);
}

/// <summary>What can be said after <c>chaosbench import results</c>.</summary>
internal sealed class ImportResultsOptions
{
    public Argument<string> Format { get; } = new("FORMAT") { Description = "By name, or auto" };

    public Argument<string[]> Files { get; } = new("FILE") { Description = "Result files of another tool", Arity = ArgumentArity.OneOrMore };

    public Option<string?> Output { get; } = new("--out") { Description = "Make a run folder of each run in this folder", HelpName = "DIR" };

    public Option<bool> Json { get; } = new("--json") { Description = "What was found as JSON on stdout" };

    public Option<string?> Name { get; } = new("--name")
    {
        Description = "Name of the scenario in the run folder, which history groups by (default: format and file name)", HelpName = "NAME",
    };

    public Option<string[]> Published { get; } = new("--published")
    {
        Description = "The tool's totals of the same run, to be set beside what the requests give; of several files in their order",
        AllowMultipleArgumentsPerToken = true, HelpName = "FILE",
    };

    public Option<bool> Table { get; } = new("--table") { Description = "One line a run, as a Markdown table" };

    public Option<string[]> Gates { get; } = new("--gate")
    {
        Description = "Judge the run by this objective, as a scenario's gates would; may be given more than once", HelpName = "\"p99 ttft < 2s\"",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(Format);
        command.Arguments.Add(Files);
        Option[] options = [Output, Json, Table, Name, Published, Gates];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }
}
