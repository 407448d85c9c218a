using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using ChaosBench.Chaos;
using ChaosBench.Harness.Initialising;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Commands;

/// <summary>
/// <c>chaosbench init URL|MODEL_DIR</c>: a commented scenario file to begin with, after a look at what it is for.
/// </summary>
internal static partial class InitCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = new InitOptions();
        var command = new Command("init",
            "Write a commented scenario file for an endpoint, after asking it what it can do, or for a model folder\n\n"
            + "  chaosbench init http://127.0.0.1:8080\n  chaosbench init https://models.example.org/v1 --allow-host models.example.org --key-env MODEL_KEY --out mine.yaml\n"
            + "  chaosbench init scenarios/models/triage-v1 --out mine.yaml\n  chaosbench init http://127.0.0.1:9000/v1 --model my-model --offline\n\n"
            + "Exit code: 0 written, 4 it does not answer, or the file is there already")
        {
            options.Of, options.Output, options.Model, options.KeyEnv, options.AllowHost, options.Offline, options.Force,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.GetValue(options.Output)!;
            if (Path.Exists(output.FullName) && !parsed.GetValue(options.Force))
            {
                throw new UsageException($"{output}: is there already; choose another name with --out, or --force to write over it.");
            }

            var settings = new DraftSettings(parsed.GetValue(options.Of)!, output.ToString(),
                DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime))
            {
                Model = parsed.GetValue(options.Model), KeyVariable = parsed.GetValue(options.KeyEnv),
            };
            if (settings.Model is { } model && !EndpointSurvey.IsUsable(model))
            {
                throw new UsageException("--model: write the model's name in up to 200 printable characters, without ${.");
            }

            var text = Directory.Exists(settings.Of)
                ? Draft.OfModel(settings with { Of = FromFolderOf(output, settings.Of) }, ModelLook.Of(settings.Of))
                : await OfEndpointAsync(settings, parsed.GetValue(options.AllowHost) ?? [], parsed.GetValue(options.Offline),
                    (terminal, time), cancellation).ConfigureAwait(false);
            Write(output, text);
            terminal.Error.WriteLine(Printable.Line($"{output}: written; 'chaosbench validate {output}' and 'chaosbench plan {output}' look at it, 'chaosbench run {output}' sends."));
            return ExitCodes.Pass;
        });
        return command;
    }

    private static async Task<string> OfEndpointAsync(
        DraftSettings settings, string[] grants, bool isOffline, (Terminal Terminal, TimeProvider Time) with,
        CancellationToken cancellation)
    {
        var url = Endpoint(settings.Of);
        var missing = AuthorityCheck.MissingHost(url, []);
        settings = settings with { Of = url.ToString().TrimEnd('/'), Host = missing };
        if (isOffline)
        {
            return Draft.OfEndpoint(null, settings with { Of = url.AbsolutePath == "/" ? settings.Of + "/v1" : settings.Of });
        }

        if (AuthorityCheck.MissingHost(url, grants) is { } host)
        {
            throw new UsageException($"{settings.Of}: is not this machine; ask it with --allow-host {host}, or write a file without asking with --offline.");
        }

        var key = settings.KeyVariable is { } name
            ? Environment.GetEnvironmentVariable(name) is { Length: > 0 } value && !value.AsSpan().ContainsAny('\r', '\n', '\0')
                ? value
                : throw new UsageException($"--key-env {name}: the variable is not set, or not one line; set it to the key first.")
            : null;
        using var asking = new Asking(key, with.Time);
        void Tell(string line) =>
            with.Terminal.Error.WriteLine(Printable.Line(key is null ? line : line.Replace(key, "[key]", StringComparison.Ordinal)));
        var facts = await new EndpointSurvey(asking, Tell)
            .LookAsync(url, settings.Model, cancellation).ConfigureAwait(false);
        return Draft.OfEndpoint(key is null ? facts : WithoutKey(facts, key), settings);
    }

    /// <summary>A server may repeat what it was given.</summary>
    private static EndpointFacts WithoutKey(EndpointFacts facts, string key) =>
        facts with { Found = [.. facts.Found.Select(one => (one.What,
            one.Found.Replace(key, "[key]", StringComparison.Ordinal)))] };

    /// <summary>Without what the API's own paths add.</summary>
    private static Uri Endpoint(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"{text}: neither a folder nor an http or https URL; write for example http://127.0.0.1:8080/v1 or scenarios/models/triage-v1.");
        }

        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            throw new UsageException($"{url.Host}: a URL with a password, a query or a fragment would put it into a file; leave it out, and name a key's variable with --key-env NAME.");
        }

        return url.ToString().Contains("${", StringComparison.Ordinal)
            ? throw new UsageException("the URL has ${ in it, which stands for a variable of the environment in a scenario; write the address itself.")
            : new Uri(Tail().Replace(url.ToString(), ""));
    }

    /// <summary>Paths in a scenario file are relative to its folder.</summary>
    private static string FromFolderOf(FileInfo output, string folder) =>
        Path.IsPathRooted(folder) ? folder
            : Path.GetRelativePath(output.DirectoryName!, Path.GetFullPath(folder)).Replace('\\', '/');

    /// <summary>What cannot be read again is not written: it would be our mistake, not the user's.</summary>
    private static void Write(FileInfo output, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var read = ScenarioReader.Read(output.FullName, bytes, new ReadOptions { Faults = FaultCatalogue.All,
            Mutators = MutatorCatalogue.Names, FileExists = Path.Exists });
        if (read.Suite is null)
        {
            throw new InvalidOperationException($"the draft is not valid: {string.Join("; ", read.Problems.Take(3))}");
        }

        try
        {
            File.WriteAllBytes(output.FullName, bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{output}: cannot be written ({exception.Message}); choose another place with --out.");
        }
    }

    [GeneratedRegex("/+(?:chat/completions|completions|embeddings|models)?/*$")]
    private static partial Regex Tail();

    private sealed class InitOptions
    {
        public Argument<string> Of { get; } = new("URL|MODEL_DIR") { Description = "OpenAI-compatible endpoint, or folder of a model" };

        public Option<FileInfo> Output { get; } = new("--out")
        {
            Description = "File to write", DefaultValueFactory = _ => new FileInfo("scenarios.yaml"), HelpName = "FILE",
        };

        public Option<string?> Model { get; } = new("--model") { Description = "Which model to ask (default: the first that the endpoint lists)", HelpName = "NAME" };

        public Option<string?> KeyEnv { get; } = new("--key-env")
        {
            Description = "Environment variable that holds the endpoint's key", HelpName = "NAME",
            CustomParser = result => OptionValues.Matching(Variable(),
                "write the name of an environment variable, for example MODEL_KEY")(result),
        };

        public Option<string[]> AllowHost { get; } = new("--allow-host") { Description = "Ask this host (loopback is always allowed)", HelpName = "HOST[:PORT]" };
        public Option<bool> Offline { get; } = new("--offline") { Description = "Ask nothing: write the file from what is said here" };
        public Option<bool> Force { get; } = new("--force") { Description = "Write over a file that is there" };
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
    private static partial Regex Variable();
}
