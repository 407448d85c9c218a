using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench import FORMAT FILE...</c>: previews recorded traffic, and converts it.</summary>
internal static class ImportCommand
{
    private const string Auto = "auto";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private static string Formats =>
        string.Join("\n", TraceFormats.All.Select(format => $"  {format.Name,-16} {format.Summary}"));

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = new ImportOptions();
        var command = new Command(
            "import", $"Preview recorded traffic, and convert it with --out\n\n  chaosbench import mooncake trace.jsonl\n  chaosbench import azure conv.csv.gz --for 10m --out morning.jsonl\n  chaosbench import auto traces/*       # several files: one table\n  chaosbench import results auto bench.json   # what another tool measured: import results --help\n\nFormats (auto: told from the file):\n{Formats}");
        options.AddTo(command);
        command.Subcommands.Add(ImportResultsCommand.Build(terminal, time));
        command.SetAction(parsed => Import(options, parsed, terminal));
        return command;
    }

    private static int Import(ImportOptions options, ParseResult parsed, Terminal terminal)
    {
        var files = parsed.GetValue(options.Files)!;
        var output = parsed.GetValue(options.Output);
        if (output is not null && files.Length > 1)
        {
            throw new UsageException($"--out {output}: one file at a time is converted; {files.Length} were named.");
        }

        var name = parsed.GetValue(options.Format)!;
        var format = name == Auto ? null : TraceFormats.Find(name) ?? throw new UsageException(
            $"there is no format '{name}'; {Nearest.Remedy(name, [Auto, .. TraceFormats.All.Select(known => known.Name)])}");
        var settings = options.Read(parsed);
        var previews = new List<(string File, TracePreview? Preview, string? Problem)>();
        foreach (var file in files)
        {
            try
            {
                previews.Add((file, One(file, format, settings, output), null));
            }
            catch (PromptException problem)
            {
                previews.Add((file, null, problem.Message));
            }
        }

        Show(previews, parsed.GetValue(options.Json), terminal);
        var problems = previews.Select(preview => preview.Problem).OfType<string>().ToList();
        return problems.Count == 0 ? ExitCodes.Pass : throw new UsageException(problems);
    }

    private static TracePreview One(string file, ITraceFormat? format, TraceOptions settings, string? output)
    {
        using var pass = TracePass.Open(file, format, settings);
        if (output is not null)
        {
            return TraceConversion.Convert(pass, output);
        }

        foreach (var _ in pass.Rows())
        {
            // Counting is the pass's own work.
        }

        return pass.Finish();
    }

    private static void Show(List<(string File, TracePreview? Preview, string? Problem)> previews, bool json, Terminal terminal)
    {
        var sound = previews.Where(preview => preview.Preview is not null).Select(preview => (preview.File, Preview: preview.Preview!)).ToList();
        if (json)
        {
            terminal.Out.WriteLine(previews.Count == 1 && sound.Count == 1
                ? JsonSerializer.Serialize(sound[0].Preview, Json)
                : JsonSerializer.Serialize(sound.Select(one => new { file = one.File, preview = one.Preview }), Json));
        }
        else if (previews.Count == 1)
        {
            sound.ForEach(one => TracePreviewText.Write(one.File, one.Preview, terminal.Out));
        }
        else
        {
            TracePreviewText.WriteTable(sound, terminal.Out);
        }
    }
}

/// <summary>What can be said after <c>chaosbench import</c>.</summary>
internal sealed class ImportOptions
{
    public Argument<string> Format { get; } = new("FORMAT") { Description = "By name, or auto" };

    public Argument<string[]> Files { get; } = new("FILE")
    {
        Description = "Recorded traffic; gzip is recognised",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string?> Output { get; } = new(
        "--out") { Description = "Convert to this file, in ChaosBench's own form", HelpName = "FILE" };

    public Option<bool> Json { get; } = new("--json") { Description = "The preview as JSON on stdout" };

    private readonly Option<string?> _unit = new("--unit")
    {
        Description = "Unit of bare numbers that are times; believed (default: what the format documents, checked)",
        HelpName = "s|ms|us|ns",
    };

    private readonly Option<bool> _yes = new("--yes") { Description = "Go on although the times look wrong" };
    private readonly Option<string?> _from = new(
        "--from") { Description = "Start of the wanted window, from the first request", HelpName = "DURATION" };
    private readonly Option<string?> _for = new("--for") { Description = "Length of the wanted window", HelpName = "DURATION" };
    private readonly Option<string?> _sessions = new(
        "--sessions") { Description = "Keep this share of the sessions, each as a whole", HelpName = "SHARE" };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Decides which sessions are kept, and what is drawn",
        DefaultValueFactory = _ => 1,
        CustomParser = result => OptionValues.Whole(ulong.MinValue, ulong.MaxValue)(result),
        HelpName = "N",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(Format);
        command.Arguments.Add(Files);
        Option[] options = [Output, Json, _unit, _yes, _from, _for, _sessions, _seed];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    public TraceOptions Read(ParseResult parsed) => new()
    {
        Files = new PromptFiles(Directory.GetCurrentDirectory()),
        Unit = parsed.GetValue(_unit) is { } word ? UnitOf(word) : null,
        Trust = parsed.GetValue(_yes),
        From = Value(_from, parsed, UnitValues.Duration),
        For = parsed.GetValue(_for) is null ? null : Value(_for, parsed, UnitValues.Duration),
        Sessions = parsed.GetValue(_sessions) is null ? new Share(1) : Value(_sessions, parsed, UnitValues.Share),
        Seed = parsed.GetValue(_seed),
    };

    private static TimeUnit UnitOf(string word)
    {
        var known = TimeUnits.Words.Where(unit => unit.Word == word).ToList();
        return known is [var one] ? one.Unit : throw new UsageException($"--unit {word}: not known; write one of s, ms, us, ns");
    }

    private static T Value<T>(Option<string?> option, ParseResult parsed, Func<string, (T Value, string? Problem)> read)
        where T : struct
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return default;
        }

        var (value, problem) = read(text);
        return problem is null ? value : throw new UsageException($"{option.Name} {text}: {problem}");
    }
}
