using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Searching;

/// <summary>
/// What a search leaves: <c>worst.jsonl</c>, a corpus that <c>prompts:</c> of a scenario reads (each find beside its clean twin),
/// <c>worst.yaml</c>, a scenario that asks them, and <c>search.json</c>. Only the owner may read them: they hold prompts.
/// </summary>
internal static class SearchFiles
{
    public const string Corpus = "worst.jsonl";
    public const string Scenario = "worst.yaml";

    /// <summary>What looked bad and was not shown: by a search that was stopped, or by fresh pairs. Replayable like the corpus.</summary>
    public const string Unconfirmed = "unconfirmed.jsonl";
    public const string Report = "search.json";

    /// <summary>Tags of the corpus.</summary>
    public const string FindTag = "find";
    public const string VariantTag = "variant";
    public const string ParentTag = "parent";
    public const string Worst = "worst";
    public const string Clean = "clean";

    private static readonly JsonSerializerOptions Small = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <exception cref="JournalException">The folder cannot be written.</exception>
    public static void Write(string folder, SearchSettings settings, SearchResult result, SearchReport report)
    {
        Create(folder);
        RunFiles.Write(Path.Combine(folder, Report), RunFiles.ToJson(report));
        if (result.Unconfirmed.Count > 0)
        {
            RunFiles.Write(Path.Combine(folder, Unconfirmed), string.Concat(result.Unconfirmed.Select((specimen, at) => Rows(FormattableString.Invariant($"U{at + 1}"), specimen))));
        }

        if (result.Finds.Count == 0)
        {
            return;
        }

        RunFiles.Write(Path.Combine(folder, Corpus), string.Concat(result.Finds.Select(Rows)));
        RunFiles.Write(Path.Combine(folder, Scenario), ReadyScenario.Of(folder, settings, result.Finds));
    }

    private static void Create(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{folder}: cannot be made: {broken.Message}; choose another folder with --out", broken);
        }
    }

    private static string Rows(Find find)
    {
        var search = JsonSerializer.Serialize(FoundCase.Of(find), Small);
        return Row(find.Id, find.Minimal.Specimen, Clean, find.Minimal.Clean, search) + Row(find.Id, find.Minimal.Specimen, Worst, find.Minimal.Worst, search);
    }

    private static string Rows(string id, Specimen specimen)
    {
        var search = JsonSerializer.Serialize(new { mutations = FoundCase.MadeBy(specimen) }, Small);
        return Row(id, specimen, Clean, specimen.Parent.Text, search) + Row(id, specimen, Worst, specimen.Text, search);
    }

    /// <summary>By hand, because texts may hold lone surrogates, which a serialiser refuses.</summary>
    private static string Row(string id, Specimen specimen, string variant, string text, string search)
    {
        var parent = specimen.Parent;
        var line = new ArrayBufferWriter<byte>();
        void Plain(string json) => JsonText.Write(line, Encoding.UTF8.GetBytes(json));
        void Text(string name, string value)
        {
            Plain($"\"{name}\":");
            JsonText.WriteString(line, value);
        }

        Plain("{");
        Text("id", $"{id}-{variant}");
        Plain(",\"messages\":[");
        var messages = TextMutators.WithText(parent.Sample.Prompt.Messages, text);
        for (var at = 0; at < messages.Count; at++)
        {
            Plain(at == 0 ? "{" : ",{");
            Text("role", messages[at].Role);
            Plain(",");
            Text("content", messages[at].Content);
            Plain("}");
        }

        Plain("]");
        if (parent.Sample.Prompt.Expected is { } expected)
        {
            Plain(",");
            Text("expected", expected);
        }

        Plain($",\"tags\":{JsonSerializer.Serialize(Tags(id, specimen, variant), Small)}");
        Plain($",\"search\":{search}}}\n");
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    private static SortedDictionary<string, string> Tags(string id, Specimen specimen, string variant) => new(StringComparer.Ordinal)
    {
        [FindTag] = id,
        [VariantTag] = variant,
        [ParentTag] = specimen.Parent.Name,
        ["mutators"] = string.Join('+', specimen.Steps.Select(step => step.Mutator).Distinct()),
    };
}
